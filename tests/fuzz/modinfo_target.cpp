// SPDX-License-Identifier: GPL-2.0-or-later
// The contents of .modinfo, in a module that is sound otherwise.
#include "abi/fingerprint.hpp"
#include "fuzz/target.hpp"
#include "support/elf_writer.hpp"

namespace kpkg::fuzz {

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  return {"license=GPL\0vermagic=6.1.0 SMP mod_unload \0name=one\0depends=two,three\0import_ns=NAMES\0"s,
          "\0\0\0license=GPL\0\0\0parm=x:what it is\0parmtype=x:int\0=\0==\0no end"s};
}

void read(std::string_view bytes) {
  using test::ElfWriter;
  ElfWriter writer(elf::Architecture{
      .machine = 62, .elf_class = elf::ElfClass::elf64, .byte_order = elf::ByteOrder::little});
  writer.section(".modinfo", ElfWriter::allocated, std::string(bytes));
  writer.section(".gnu.linkonce.this_module", ElfWriter::writable, std::string(896, '\0'));
  (void)abi::fingerprint(writer.bytes());
}

}  // namespace kpkg::fuzz
