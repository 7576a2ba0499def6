// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/defect.hpp"

#include <algorithm>
#include <array>

namespace kpkg::elf {
namespace {

struct Named {
  DefectId id;
  std::string_view name;
};

constexpr std::array names{Named{DefectId::empty_file, "empty_file"},
                           Named{DefectId::header_truncated, "header_truncated"},
                           Named{DefectId::not_elf, "not_elf"},
                           Named{DefectId::not_relocatable, "not_relocatable"},
                           Named{DefectId::class_wrong, "class_wrong"},
                           Named{DefectId::section_header_size, "section_header_size"},
                           Named{DefectId::section_headers_outside, "section_headers_outside"},
                           Named{DefectId::section_zero, "section_zero"},
                           Named{DefectId::section_outside, "section_outside"},
                           Named{DefectId::name_table_index, "name_table_index"},
                           Named{DefectId::name_table_outside, "name_table_outside"},
                           Named{DefectId::name_table_type, "name_table_type"},
                           Named{DefectId::name_table_empty, "name_table_empty"},
                           Named{DefectId::name_table_unterminated, "name_table_unterminated"},
                           Named{DefectId::section_name_outside, "section_name_outside"},
                           Named{DefectId::unused_section_name_outside, "unused_section_name_outside"},
                           Named{DefectId::modinfo_twice, "modinfo_twice"},
                           Named{DefectId::modinfo_unterminated, "modinfo_unterminated"},
                           Named{DefectId::this_module_twice, "this_module_twice"},
                           Named{DefectId::this_module_without_bytes, "this_module_without_bytes"},
                           Named{DefectId::this_module_without_memory, "this_module_without_memory"},
                           Named{DefectId::symbol_table_missing, "symbol_table_missing"},
                           Named{DefectId::symbol_table_twice, "symbol_table_twice"},
                           Named{DefectId::symbol_names_index, "symbol_names_index"},
                           Named{DefectId::symbol_names_type, "symbol_names_type"},
                           Named{DefectId::symbol_names_empty, "symbol_names_empty"},
                           Named{DefectId::symbol_names_without_first_nul, "symbol_names_without_first_nul"},
                           Named{DefectId::symbol_names_unterminated, "symbol_names_unterminated"},
                           Named{DefectId::symbol_name_outside, "symbol_name_outside"},
                           Named{DefectId::symbol_zero, "symbol_zero"},
                           Named{DefectId::versions_unterminated, "versions_unterminated"},
                           Named{DefectId::extended_versions_unpaired, "extended_versions_unpaired"},
                           Named{DefectId::extended_versions_short, "extended_versions_short"},
                           Named{DefectId::writable_code, "writable_code"},
                           Named{DefectId::constructors_twice, "constructors_twice"},
                           Named{DefectId::symbol_common, "symbol_common"},
                           Named{DefectId::symbol_section_outside, "symbol_section_outside"},
                           Named{DefectId::relocations_unsupported, "relocations_unsupported"},
                           Named{DefectId::relocations_for_nothing, "relocations_for_nothing"},
                           Named{DefectId::relocation_symbol_outside, "relocation_symbol_outside"},
                           Named{DefectId::relocation_outside, "relocation_outside"},
                           Named{DefectId::relocation_target_filled, "relocation_target_filled"},
                           Named{DefectId::call_outside_code, "call_outside_code"},
                           Named{DefectId::parameter_damaged, "parameter_damaged"},
                           Named{DefectId::exports_damaged, "exports_damaged"},
                           Named{DefectId::exports_unsorted, "exports_unsorted"},
                           Named{DefectId::section_twice, "section_twice"},
                           Named{DefectId::too_costly, "too_costly"}};

constexpr std::array not_damage{DefectId::unused_section_name_outside,
                                DefectId::writable_code,
                                DefectId::constructors_twice,
                                DefectId::symbol_common,
                                DefectId::relocations_unsupported,
                                DefectId::relocation_target_filled,
                                DefectId::exports_unsorted,
                                DefectId::section_twice,
                                DefectId::symbol_names_type,
                                DefectId::name_table_type,
                                DefectId::relocations_for_nothing,
                                DefectId::symbol_names_without_first_nul};

}  // namespace

bool is_damage(DefectId id) {
  return std::find(not_damage.begin(), not_damage.end(), id) == not_damage.end();
}

std::string_view name_of(DefectId id) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Named& each) { return each.id == id; });
  return found == names.end() ? "unknown" : found->name;
}

std::optional<DefectId> defect_id_named(std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Named& each) { return each.name == name; });
  if (found == names.end()) return std::nullopt;
  return found->id;
}

}  // namespace kpkg::elf
