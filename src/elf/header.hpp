// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"

#include <cstdint>
#include <string_view>

namespace kpkg::elf {

/// The ELF header of a relocatable object whose section header table lies within the file.
struct Header {
  Architecture architecture;
  std::uint32_t section_count = 0;
  std::uint32_t name_table = 0;  ///< index of the section with the names of the sections

  bool operator==(const Header&) const = default;
};

/// Reads and checks the header. Done without libelf, which gives no reason when it refuses a file.
///
/// Errors: corrupt: empty, not ELF, of an unknown class or byte order, not relocatable, or cut off.
/// Source: ELF gABI, "ELF Header".
Result<Header> read_header(std::string_view bytes);

}  // namespace kpkg::elf
