// SPDX-License-Identifier: GPL-2.0-or-later
// long: half of it is the table of what kernels say of a file
#include "abi/fill.hpp"
#include "abi/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

using elf::DefectId;
using Feature = std::optional<bool> LoaderFeatures::*;
using L = LoaderFeatures;

/// What becomes of a file with a defect: a refusal by kernels that have the feature (nullptr: by all), else
/// `otherwise`. In the texts `{symbol}` is the defect's name, `{module_value}` and `{kernel_value}` are its
/// first two numbers, `{detail}` the third.
struct Row {
  DefectId defect;
  FindingId finding;
  Feature feature;
  Severity otherwise;
  std::string_view errno_name;
  std::string_view kernel_says;
};

using F = FindingId;
constexpr auto broken = Severity::broken;
constexpr auto note = Severity::note;
constexpr std::string_view exec = "ENOEXEC";
constexpr Feature all = nullptr;

// Source: kernel/module.c and kernel/module/main.c of 4.9 to 7.3; booted kernels 5.10, 6.1, 6.12 and 7.2.
constexpr std::array table{
    Row{DefectId::empty_file, F::empty_file, all, broken, "EINVAL", ""},
    Row{DefectId::header_truncated, F::header_truncated, all, broken, exec,
        "Invalid ELF header len {module_value}"},
    Row{DefectId::not_elf, F::not_elf, all, broken, exec,
        "Invalid ELF header magic: != \x7f"
        "ELF"},
    Row{DefectId::not_relocatable, F::not_relocatable, all, broken, exec,
        "Invalid ELF header type: {module_value} != 1"},
    Row{DefectId::class_wrong, F::class_differs, all, broken, exec,
        "Invalid architecture in ELF header: {kernel_value}"},
    Row{DefectId::section_header_size, F::section_header_size, all, broken, exec,
        "Invalid ELF section header size"},
    Row{DefectId::section_headers_outside, F::section_headers_outside, all, broken, exec,
        "Invalid ELF section header overflow"},
    Row{DefectId::section_zero, F::section_zero, &L::validates_elf, broken, exec,
        "ELF Spec violation: section 0 type({module_value})!=SH_NULL or non-zero len or addr"},
    Row{DefectId::section_outside, F::section_outside, all, broken, exec,
        "Invalid ELF section in module (section {module_value} type {kernel_value})"},
    Row{DefectId::name_table_index, F::name_table_index, &L::validates_elf, broken, exec,
        "Invalid ELF section name index: {module_value} || e_shstrndx ({module_value}) >= e_shnum "
        "({kernel_value})"},
    Row{DefectId::name_table_outside, F::name_table_outside, &L::validates_elf, broken, exec,
        "Invalid ELF section hdr(type {module_value})"},
    Row{DefectId::name_table_type, F::name_table_type, &L::checks_table_types, broken, exec,
        "Invalid ELF section name table type: {module_value}"},
    Row{DefectId::name_table_empty, F::name_table_empty, &L::validates_elf, broken, exec,
        "empty section name table"},
    Row{DefectId::name_table_unterminated, F::name_table_unterminated, &L::validates_elf, broken, exec,
        "ELF Spec violation: section name table isn't null terminated"},
    Row{DefectId::section_name_outside, F::section_name_outside, &L::validates_elf, broken, exec,
        "Invalid ELF section name in module (section {module_value} type {kernel_value})"},
    Row{DefectId::unused_section_name_outside, F::unused_section_name_outside, &L::checks_all_section_names,
        broken, exec, "Invalid ELF section name in module (section {module_value} type {kernel_value})"},
    Row{DefectId::modinfo_twice, F::modinfo_twice, &L::demands_single_sections, broken, exec,
        "Only one .modinfo section must exist."},
    Row{DefectId::modinfo_unterminated, F::modinfo_unterminated, all, broken, "", ""},
    Row{DefectId::this_module_twice, F::this_module_twice, &L::demands_single_sections, broken, exec,
        "module {module}: Exactly one .gnu.linkonce.this_module section must exist."},
    Row{DefectId::this_module_without_bytes, F::this_module_without_bytes, &L::demands_single_sections,
        broken, exec, "module {module}: .gnu.linkonce.this_module section must have a size set"},
    Row{DefectId::this_module_without_memory, F::this_module_without_memory, all, broken, exec,
        "module {module}: .gnu.linkonce.this_module must occupy memory during process execution"},
    Row{DefectId::symbol_table_missing, F::symbol_table_missing, all, broken, exec,
        "{module}: module has no symbols (stripped?)"},
    Row{DefectId::symbol_table_twice, F::symbol_table_twice, &L::demands_single_sections, broken, exec,
        "{module}: module has no symbols (stripped?)"},
    Row{DefectId::symbol_names_index, F::symbol_names_index, &L::validates_elf, broken, exec,
        "Invalid ELF sh_link!=SHN_UNDEF({module_value}) or (sh_link({module_value}) >= "
        "hdr->e_shnum({kernel_value})"},
    Row{DefectId::symbol_names_type, F::symbol_names_type, &L::checks_table_types, broken, exec,
        "Invalid ELF symbol string table type: {module_value}"},
    Row{DefectId::symbol_names_empty, F::symbol_names_empty, &L::checks_symbol_names, broken, exec,
        "empty symbol string table"},
    Row{DefectId::symbol_names_without_first_nul, F::symbol_names_without_first_nul, &L::checks_symbol_names,
        broken, exec, "symbol string table missing leading NUL"},
    Row{DefectId::symbol_names_unterminated, F::symbol_names_unterminated, &L::checks_symbol_names, broken,
        exec, "symbol string table isn't NUL terminated"},
    Row{DefectId::symbol_name_outside, F::symbol_name_outside, &L::checks_symbol_names, broken, exec,
        "symbol name out of bounds in string table"},
    Row{DefectId::extended_versions_unpaired, F::extended_versions_unpaired, &L::reads_extended_versions,
        note, exec, "extended version crc+name presence does not match"},
    Row{DefectId::extended_versions_short, F::extended_versions_short, &L::reads_extended_versions, note,
        exec, "more extended version crcs than names"},
    Row{DefectId::symbol_zero, F::symbol_zero, all, broken, "", ""},
    Row{DefectId::versions_unterminated, F::versions_unterminated, all, broken, "", ""},
    Row{DefectId::too_costly, F::file_too_costly, all, Severity::unknown, "", ""},
    Row{DefectId::writable_code, F::writable_code, &L::refuses_writable_code, note, exec,
        "{module}: section {symbol} (index {module_value}) has invalid WRITE|EXEC flags"},
    Row{DefectId::constructors_twice, F::constructors_twice, &L::runs_constructors, note, "EINVAL",
        "{module}: has both .ctors and .init_array."},
    Row{DefectId::exports_damaged, F::exports_damaged, all, broken, "", ""},
    Row{DefectId::symbol_common, F::symbol_common, all, broken, exec,
        "{module}: please compile with -fno-common"},
    Row{DefectId::symbol_section_outside, F::symbol_section_outside, &L::checks_symbol_sections, broken, exec,
        "{module}: Symbol {symbol} has an invalid section index {kernel_value} (max {detail})"},
    Row{DefectId::relocations_unsupported, F::relocations_unsupported, all, broken, exec,
        "module {module}: REL relocation unsupported"},
    Row{DefectId::relocations_for_nothing, F::relocations_for_nothing, all, broken, "", ""},
    Row{DefectId::relocation_symbol_outside, F::relocation_symbol_outside, all, broken, exec,
        "bad relocation sym offset"},
    Row{DefectId::relocation_outside, F::relocation_outside, all, broken, exec,
        "out of bounds relocation, offset {kernel_value} size {detail}"},
    Row{DefectId::call_outside_code, F::relocation_overflows, all, broken, "", ""},
    Row{DefectId::parameter_damaged, F::parameter_damaged, all, broken, "", ""},
    Row{DefectId::relocation_target_filled, F::relocation_target_filled, all, broken, exec, ""},
    Row{DefectId::exports_unsorted, F::exports_unsorted, all, broken, "", ""},
    Row{DefectId::section_twice, F::section_twice, &L::refuses_twin_sections, note, "EEXIST",
        "sysfs: cannot create duplicate filename '/module/{module}/sections/{symbol}'"},
};

const Row& row_of(DefectId id) {
  return *std::find_if(table.begin(), table.end(), [&](const Row& each) { return each.defect == id; });
}

constexpr std::uint16_t machine_s390 = 22;
constexpr std::uint16_t machine_arm = 40;

/// Whether the table of symbols is empty, and there are relocations.
bool has_no_symbols(const elf::Defect& defect) {
  return defect.id == DefectId::relocation_symbol_outside && defect.numbers.size() > 2 &&
         defect.numbers[2] == 0;
}

/// Without any symbol, what lies behind the table is taken for addresses, and none fits; s390 has asked for
/// memory for nothing before. Else only arm looks at the bounds of relocations, though it takes the number of
/// symbols for the number of the last one; other machines write where they should not.
/// Source: linux arch/arm/kernel/module.c, apply_relocate; arch/s390/kernel/module.c.
bool is_refused_for_bounds(const Case& judged, const elf::Defect& defect) {
  if (has_no_symbols(defect)) return true;
  if (judged.module.architecture.machine != machine_arm) return false;
  return defect.id == DefectId::relocation_outside || defect.numbers[1] > defect.numbers[2];
}

bool is_refused(const Case& judged, const Row& row, const elf::Defect& defect) {
  const bool is_of_bounds =
      row.defect == DefectId::relocation_symbol_outside || row.defect == DefectId::relocation_outside;
  if (is_of_bounds) return is_refused_for_bounds(judged, defect);
  if (row.errno_name.empty()) return false;
  return row.feature == all || (judged.loader.*row.feature).value_or(true);
}

std::string cause_of(const elf::Defect& defect, Severity severity) {
  if (severity == Severity::broken)
    return defect.detail + "; this kernel does not look at it, and may then read or write where it must not";
  if (severity == Severity::unknown) return defect.detail + ", so the rest could not be checked";
  return defect.detail;
}

/// A table without symbols is met where the machine first uses it.
std::string_view says_of_no_symbols(const Case& judged) {
  switch (judged.module.architecture.machine) {
    case machine_arm: return "bad relocation sym offset";
    case machine_s390: return "at mm/vmalloc.c";  // a warning with the place alone
    default: return "overflow in relocation type";
  }
}

std::string_view errno_of(const Case& judged, const Row& row, const elf::Defect& defect) {
  const bool is_of_memory = has_no_symbols(defect) && judged.module.architecture.machine == machine_s390;
  return is_of_memory ? "ENOMEM" : row.errno_name;
}

/// Whether kernels find it before they know that the file is a module.
bool is_of_container(DefectId id) {
  return (id >= DefectId::header_truncated && id <= DefectId::section_name_outside) ||
         id == DefectId::symbol_names_index;
}

/// What the kernel writes into its log about a defect that it refuses.
std::string says(const Case& judged, const Row& row, const Particulars& particulars) {
  if (is_of_container(row.defect))
    if (auto text = common_text_of_damage(judged)) return *text;
  const bool is_old = !judged.loader.demands_single_sections.value_or(true);
  if (row.defect == DefectId::this_module_without_memory && is_old)
    return filled("{module}: No module found in object", particulars);
  return filled(row.kernel_says, particulars);
}

Finding finding_of(const Case& judged, const elf::Defect& defect) {
  const Row& row = row_of(defect.id);
  const bool refused = is_refused(judged, row, defect);
  const auto severity = refused ? Severity::refusal : row.otherwise;
  const auto number = [&](std::size_t index) {
    return index < defect.numbers.size() ? fmt::format("{}", defect.numbers[index]) : std::string();
  };
  const Particulars particulars{.module = judged.module.name,
                                .release = judged.kernel.release,
                                .symbol = defect.name,
                                .module_value = number(0),
                                .kernel_value = number(1),
                                .detail = number(2)};
  const auto kernel_says = [&] {
    if (defect.id == DefectId::relocation_target_filled)
      return text_of_filled(judged, {.type = number(1), .section = number(3), .relocation = number(0)});
    return has_no_symbols(defect) ? std::string(says_of_no_symbols(judged)) : says(judged, row, particulars);
  };
  const std::string remedy = defect.hint.empty() ? "build the module again" : defect.hint;
  return {.id = row.finding,
          .severity = severity,
          .symbol = is_of_symbols(row.finding) ? defect.name : std::string(),
          .module_value = {},
          .kernel_value = {},
          .kernel_says = refused ? kernel_says() : std::string(),
          .errno_name = refused ? std::string(errno_of(judged, row, defect)) : std::string(),
          .cause = cause_of(defect, severity),
          .remedy = remedy};
}

}  // namespace

void judge_defects(const Case& judged, std::vector<Finding>& findings) {
  for (const elf::Defect& defect : judged.module.shape.defects)
    findings.push_back(finding_of(judged, defect));
}

/// Symbols in a place that does not exist are found on the same walk as unknown ones.
void add_symbol_defects(const Case& judged, SymbolOutcome& outcome) {
  for (const elf::Defect& defect : judged.module.shape.defects) {
    const Row& row = row_of(defect.id);
    if (!is_of_symbols(row.finding) || !is_refused(judged, row, defect)) continue;
    const auto order = static_cast<std::uint32_t>(defect.numbers.front());
    if (outcome.errno_name.empty() || order >= outcome.last_bad)
      outcome = {.last_bad = order, .errno_name = std::string(row.errno_name)};
  }
}

}  // namespace kpkg::abi
