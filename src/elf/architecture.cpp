// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/architecture.hpp"

#include <fmt/format.h>

namespace kpkg::elf {

// The machines that Linux runs modules on, by the names that distributions give them.
// Source: ELF gABI, e_machine.
std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case 2: return "sparc";
    case 3: return "i386";
    case 4: return "m68k";
    case 8: return "mips";
    case 15: return "parisc";
    case 20: return "powerpc";
    case 21: return "powerpc64";
    case 22: return "s390";
    case 40: return "arm";
    case 42: return "sh";
    case 43: return "sparc64";
    case 62: return "x86-64";
    case 183: return "arm64";
    case 243: return "riscv";
    case 258: return "loongarch";
    default: return fmt::format("machine {}", machine);
  }
}

std::string name_of(ElfClass elf_class) {
  return elf_class == ElfClass::elf32 ? "elf32" : "elf64";
}

std::string name_of(ByteOrder order) {
  return order == ByteOrder::little ? "little" : "big";
}

}  // namespace kpkg::elf
