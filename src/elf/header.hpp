// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"
#include "elf/defect.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// The ELF header of a relocatable object whose section header table lies within the file.
struct Header {
  Architecture architecture;
  std::uint64_t section_offset = 0;  ///< of the section headers in the file
  std::uint32_t section_count = 0;
  std::uint32_t name_table = 0;  ///< index of the section with the names of the sections

  bool operator==(const Header&) const = default;
};

/// Reads and checks the header; nothing if what follows it cannot be found, and `defects` then says why.
///
/// The class and the byte order are those of the machine, whatever EI_CLASS and EI_DATA say: kernels take
/// them from their own machine, and load a module in which those bytes alone are wrong. The bytes count for
/// machines that come in both kinds.
/// Source: ELF gABI, "ELF Header"; booted kernels 5.10 to 7.2.
std::optional<Header> read_header(std::string_view bytes, std::vector<Defect>& defects);

}  // namespace kpkg::elf
