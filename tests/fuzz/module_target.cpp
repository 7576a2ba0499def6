// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of a .ko: everything that is read of it, and the judge on top.
#include "abi/judge.hpp"
#include "fuzz/target.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

namespace kpkg::fuzz {

using test::a_kernel;
using test::a_module;
using test::ExportEra;

std::vector<std::string> seeds() {
  constexpr elf::Architecture arm{
      .machine = 40, .elf_class = elf::ElfClass::elf32, .byte_order = elf::ByteOrder::little};
  constexpr elf::Architecture s390{
      .machine = 22, .elf_class = elf::ElfClass::elf64, .byte_order = elf::ByteOrder::big};
  const auto exporting = a_module().needing("printk", 1).exporting("one", 2).exporting_gpl("two", 3, "NAMES");
  auto older = exporting;
  auto flagged = exporting;
  return {a_module().bytes(),
          exporting.bytes(),
          older.with_exports_as_in(ExportEra::absolute_4_9).bytes(),
          flagged.with_exports_as_in(ExportEra::flags_7_1).bytes(),
          a_module().needing("printk", 1).with_extended_versions().bytes(),
          a_module().for_architecture(arm).exporting("one", 2).bytes(),
          a_module().for_architecture(s390).needing_weakly("maybe").bytes(),
          a_module().signed_by_nobody(64).bytes()};
}

void read(std::string_view bytes) {
  const auto fingerprint = abi::fingerprint(bytes);
  if (fingerprint) abi::judge(*fingerprint, a_kernel().facts(), {});
}

}  // namespace kpkg::fuzz
