// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// One entry of a relocation section, checked: its symbol exists and its offset lies within the target.
struct Relocation {
  std::uint64_t offset = 0;
  std::uint32_t symbol = 0;
  std::int64_t addend = 0;  ///< of SHT_REL the word in place is the addend, and this is 0
  bool addend_in_place = false;

  bool operator==(const Relocation&) const = default;
};

/// A section of an object; its views end with the bytes that were read.
struct ObjectSection {
  std::string_view name;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  std::uint32_t info = 0;
  std::string_view bytes;  ///< empty for SHT_NOBITS
};

struct ObjectSymbol {
  std::string_view name;
  std::uint8_t binding = 0;  ///< STB_LOCAL 0, STB_GLOBAL 1, STB_WEAK 2
  std::uint16_t section = 0;
  std::uint64_t value = 0;
};

/// A relocatable object, every number in it checked against the file. Views into the bytes that it was read
/// from.
struct Object {
  Architecture architecture;
  std::vector<ObjectSection> sections;  ///< section 0 included: indices are those of the file
  std::vector<ObjectSymbol> symbols;    ///< symbol 0 included
  /// Of the sections whose facts are relocations (struct module, exports, CRCs), by target, sorted by offset.
  std::map<std::size_t, std::vector<Relocation>> relocations;
};

constexpr std::uint16_t section_undefined = 0;      // SHN_UNDEF
constexpr std::uint16_t section_absolute = 0xfff1;  // SHN_ABS
constexpr std::uint8_t binding_weak = 2;            // STB_WEAK
constexpr std::uint64_t flag_allocated = 2;         // SHF_ALLOC
constexpr std::uint32_t type_no_bits = 8;           // SHT_NOBITS

/// Errors: corrupt, naming the field and its value.
Result<Object> read_object(std::string_view bytes);

/// The index of the section that the kernel finds under `name`: the first one that is allocated; 0 if there
/// is none.
std::size_t find_section(const Object& object, std::string_view name);

/// The NUL-terminated text at `offset` of a section.
/// Errors: corrupt: it begins or ends outside the section.
Result<std::string_view> text_at(const ObjectSection& section, std::uint64_t offset);

}  // namespace kpkg::elf
