// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"
#include "elf/byte_source.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// One section header; its bytes are within the file if it has any.
struct PlacedSection {
  std::string_view name;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< 0 of a section without bytes in the file (SHT_NULL, SHT_NOBITS)
  std::uint32_t link = 0;
  std::uint32_t info = 0;
};

/// The sections of any ELF file, be it a module or a kernel. Views into the source.
struct SectionTable {
  Architecture architecture;
  std::uint16_t type = 0;  ///< e_type: 1 relocatable, 2 executable, 3 shared object
  std::vector<PlacedSection> sections;

  /// The first section of this name that has bytes; nullptr: there is none.
  const PlacedSection* find(std::string_view name) const;
};

/// Reads the ELF header and the section headers, and nothing else but the names of the sections.
///
/// Done without libelf, which wants the whole file. Memory and time are linear in the number of sections.
/// Errors: corrupt: not ELF, without sections, cut off; those of the source.
/// Source: ELF gABI, "ELF Header", "Sections".
Result<SectionTable> read_section_table(ByteSource& source);

/// The bytes of a section.
Result<std::string_view> bytes_of(ByteSource& source, const PlacedSection& section);

}  // namespace kpkg::elf
