// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace kpkg::elf {

enum class ElfClass { elf32, elf64 };
enum class ByteOrder { little, big };

/// What the ELF header says about the machine that an object is for.
struct Architecture {
  std::uint16_t machine = 0;  ///< e_machine: 62 x86-64, 183 arm64, 40 arm, 243 riscv, …
  ElfClass elf_class = ElfClass::elf64;
  ByteOrder byte_order = ByteOrder::little;

  bool operator==(const Architecture&) const = default;
};

/// The name by which people know an e_machine: "x86-64", "arm64"; "machine 4660" where there is none.
std::string machine_name(std::uint16_t machine);

/// "elf32" or "elf64".
std::string name_of(ElfClass elf_class);

/// "little" or "big".
std::string name_of(ByteOrder order);

}  // namespace kpkg::elf
