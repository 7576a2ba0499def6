// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// What is wrong with the file of a module, in the order in which the newest kernels look. Which of them a
/// certain kernel refuses is decided in abi/.
enum class DefectId {
  empty_file,
  header_truncated,
  not_elf,
  not_relocatable,
  class_wrong,              ///< where kernels look at it; numbers: EI_CLASS, e_machine
  section_header_size,      ///< numbers: e_shentsize, the right one
  section_headers_outside,  ///< of the file
  section_zero,             ///< is not empty; numbers: its type
  section_outside,          ///< of the file; numbers: index, type
  name_table_index,         ///< e_shstrndx; numbers: it, e_shnum
  name_table_outside,       ///< numbers: its type
  name_table_type,          ///< numbers: its type
  name_table_empty,
  name_table_unterminated,
  section_name_outside,         ///< of a section with memory and bytes; numbers: index, type
  unused_section_name_outside,  ///< of another one, which only newer kernels look at; numbers: index, type
  modinfo_twice,                ///< numbers: how many
  modinfo_unterminated,         ///< its last text runs on into what follows
  this_module_twice,            ///< numbers: how many
  this_module_without_bytes,    ///< SHT_NOBITS
  this_module_without_memory,   ///< not SHF_ALLOC
  symbol_table_missing,
  symbol_table_twice,
  symbol_names_index,  ///< numbers: sh_link of the symbol table, e_shnum
  symbol_names_type,   ///< numbers: type of the section
  symbol_names_empty,
  symbol_names_without_first_nul,
  symbol_names_unterminated,
  symbol_name_outside,         ///< numbers: index of the symbol
  symbol_zero,                 ///< is in a section that does not exist; numbers: it
  versions_unterminated,       ///< a name of __versions fills its record
  extended_versions_unpaired,  ///< CRCs without names, or names without CRCs
  extended_versions_short,     ///< more CRCs than names
  writable_code,               ///< name: of a section that is SHF_WRITE and SHF_EXECINSTR; numbers: index
  constructors_twice,          ///< .ctors and .init_array
  symbol_common,               ///< name; numbers: index of the symbol
  symbol_section_outside,      ///< name; numbers: index of the symbol, of its section, the largest of one
  relocations_unsupported,     ///< name: of the section; with or without addends, as the machine has not
  relocations_for_nothing,     ///< name: of the section; it is for a section that does not exist
  relocation_symbol_outside,   ///< name: of the section; numbers: index, index of the symbol, symbols there
                               ///< are
  relocation_outside,          ///< name: of the section; numbers: index, offset, size of what is relocated
  relocation_target_filled,    ///< name: of the section; numbers: index, type, value found there, section's
                               ///< index
  call_outside_code,           ///< name: of the section, for one that is not executable; numbers: index, type
  parameter_damaged,           ///< name: of the section; the name of a parameter; numbers: index, type
  exports_damaged,             ///< a table of exports, CRCs or flags that has no known form
  exports_unsorted,            ///< name: of the table
  section_twice,               ///< name: of allocated sections
  too_costly,                  ///< reading it would take more time than its size deserves
};

/// One thing that is wrong with a file.
struct Defect {
  DefectId id = DefectId::empty_file;
  std::string name = {};                    ///< of the section or symbol, as the id says
  std::vector<std::uint64_t> numbers = {};  ///< as the id says
  std::string detail = {};                  ///< one clause for people, with every value
  std::string hint = {};                    ///< what to do; empty: build it again

  bool operator==(const Defect&) const = default;
};

/// Whether the file was damaged after its build, or is no module: those who build and install want none of
/// it. The others are what a compiler or linker may do.
bool is_damage(DefectId id);

/// The stable name in JSON: "symbol_table_missing"; and the reverse, nothing for a name that is not known.
std::string_view name_of(DefectId id);
std::optional<DefectId> defect_id_named(std::string_view name);

}  // namespace kpkg::elf
