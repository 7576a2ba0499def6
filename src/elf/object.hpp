// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"
#include "elf/defect.hpp"
#include "elf/module_image.hpp"

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// One entry of a relocation section, checked: its symbol exists and its offset lies within the target.
struct Relocation {
  std::uint64_t offset = 0;
  std::uint32_t symbol = 0;
  std::uint32_t type = 0;
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
  std::string_view bytes;   ///< empty for SHT_NOBITS, and if they lie outside the file
  std::string_view stored;  ///< what is at its place in the file, whatever its type
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
  std::string_view file;
  Architecture architecture;
  std::vector<ObjectSection> sections;  ///< section 0 included: indices are those of the file
  std::vector<ObjectSymbol> symbols;    ///< symbol 0 included; empty if there is no symbol table
  /// Of the sections whose facts are relocations (struct module, exports, CRCs), by target, sorted by offset.
  std::map<std::size_t, std::vector<Relocation>> relocations;
  std::vector<RelocationUse> relocation_uses;
  std::vector<Defect> defects;
  bool is_readable = false;  ///< false: there are no sections to look at
};

constexpr std::uint32_t type_null = 0;               // SHT_NULL
constexpr std::uint32_t type_symbols = 2;            // SHT_SYMTAB
constexpr std::uint32_t type_strings = 3;            // SHT_STRTAB
constexpr std::uint32_t type_rela = 4;               // SHT_RELA
constexpr std::uint32_t type_no_bits = 8;            // SHT_NOBITS
constexpr std::uint32_t type_rel = 9;                // SHT_REL
constexpr std::uint64_t flag_writable = 1;           // SHF_WRITE
constexpr std::uint64_t flag_allocated = 2;          // SHF_ALLOC
constexpr std::uint64_t flag_executable = 4;         // SHF_EXECINSTR
constexpr std::uint64_t flag_livepatch = 0x100000;   // SHF_RELA_LIVEPATCH, Linux's own
constexpr std::uint16_t section_undefined = 0;       // SHN_UNDEF
constexpr std::uint16_t section_livepatch = 0xff20;  // SHN_LIVEPATCH, Linux's own
constexpr std::uint16_t section_absolute = 0xfff1;   // SHN_ABS
constexpr std::uint16_t section_common = 0xfff2;     // SHN_COMMON
constexpr std::uint8_t binding_weak = 2;             // STB_WEAK

Object read_object(std::string_view bytes);

/// The index of the section that the kernel finds under `name`: the first one that is allocated; 0 if there
/// is none.
std::size_t find_section(const Object& object, std::string_view name);

/// The NUL-terminated text at `offset` of a section.
/// Errors: corrupt: it begins or ends outside the section.
Result<std::string_view> text_at(const ObjectSection& section, std::uint64_t offset);

}  // namespace kpkg::elf
