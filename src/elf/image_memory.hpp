// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"
#include "elf/section_table.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

// Private to elf/: a kernel's memory, by address.

/// Longer than any name that kernels know (KSYM_NAME_LEN is 512 since 6.1).
constexpr std::size_t longest_symbol = 512;

/// The parts of a kernel's memory of which the contents are known. Guards that nothing outside them is read.
class ImageMemory {
 public:
  struct Part {
    std::uint64_t address = 0;
    std::string_view bytes;
  };

  ImageMemory(Architecture architecture, std::vector<Part> parts);

  const Architecture& architecture() const { return architecture_; }

  /// `size` bytes at `address`; nothing if they are not all in one part.
  std::optional<std::string_view> bytes(std::uint64_t address, std::uint64_t size) const;

  /// The unsigned number of `width` bytes at `address`.
  std::optional<std::uint64_t> number(std::uint64_t address, unsigned width) const;

  /// The text at `address`, which ends with NUL after at most `longest_symbol` bytes.
  std::optional<std::string_view> text(std::uint64_t address) const;

 private:
  const Part* part_of(std::uint64_t address) const;

  Architecture architecture_;
  std::vector<Part> parts_;  // by address
};

/// The sections of a kernel that lie in its memory.
///
/// Errors: those of the source.
Result<ImageMemory> memory_of(MemorySource& source, const SectionTable& table);

}  // namespace kpkg::elf
