// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

template <typename Value>
struct Named {
  Value value;
  std::string_view name;
};

constexpr std::array decisions{Named<Decision>{Decision::loads, "loads"},
                               Named<Decision>{Decision::loads_with_taint, "loads_with_taint"},
                               Named<Decision>{Decision::loads_forced, "loads_forced"},
                               Named<Decision>{Decision::unknown, "unknown"},
                               Named<Decision>{Decision::broken, "broken"},
                               Named<Decision>{Decision::refused, "refused"}};

constexpr std::array severities{
    Named<Severity>{Severity::note, "note"},     Named<Severity>{Severity::taint, "taint"},
    Named<Severity>{Severity::forced, "forced"}, Named<Severity>{Severity::unknown, "unknown"},
    Named<Severity>{Severity::broken, "broken"}, Named<Severity>{Severity::refusal, "refusal"}};

using Id = Named<FindingId>;
constexpr std::array finding_ids{
    Id{FindingId::symbol_zero, "symbol-zero"},
    Id{FindingId::name_empty, "name-empty"},
    Id{FindingId::empty_file, "empty-file"},
    Id{FindingId::header_truncated, "header-truncated"},
    Id{FindingId::not_elf, "not-elf"},
    Id{FindingId::not_relocatable, "not-relocatable"},
    Id{FindingId::section_header_size, "section-header-size"},
    Id{FindingId::section_headers_outside, "section-headers-outside"},
    Id{FindingId::section_zero, "section-zero"},
    Id{FindingId::section_outside, "section-outside"},
    Id{FindingId::name_table_index, "name-table-index"},
    Id{FindingId::name_table_outside, "name-table-outside"},
    Id{FindingId::name_table_type, "name-table-type"},
    Id{FindingId::name_table_empty, "name-table-empty"},
    Id{FindingId::name_table_unterminated, "name-table-unterminated"},
    Id{FindingId::section_name_outside, "section-name-outside"},
    Id{FindingId::unused_section_name_outside, "unused-section-name-outside"},
    Id{FindingId::modinfo_twice, "modinfo-twice"},
    Id{FindingId::modinfo_unterminated, "modinfo-unterminated"},
    Id{FindingId::this_module_twice, "this-module-twice"},
    Id{FindingId::this_module_without_bytes, "this-module-without-bytes"},
    Id{FindingId::this_module_without_memory, "this-module-without-memory"},
    Id{FindingId::symbol_table_missing, "symbol-table-missing"},
    Id{FindingId::symbol_table_twice, "symbol-table-twice"},
    Id{FindingId::symbol_names_index, "symbol-names-index"},
    Id{FindingId::symbol_names_type, "symbol-names-type"},
    Id{FindingId::extended_versions_unpaired, "extended-versions-unpaired"},
    Id{FindingId::extended_versions_short, "extended-versions-short"},
    Id{FindingId::symbol_names_empty, "symbol-names-empty"},
    Id{FindingId::symbol_names_without_first_nul, "symbol-names-without-first-nul"},
    Id{FindingId::symbol_names_unterminated, "symbol-names-unterminated"},
    Id{FindingId::symbol_name_outside, "symbol-name-outside"},
    Id{FindingId::file_too_costly, "file-too-costly"},
    Id{FindingId::names_differ, "names-differ"},
    Id{FindingId::versions_unterminated, "versions-unterminated"},
    Id{FindingId::livepatch, "livepatch"},
    Id{FindingId::plt_section_missing, "plt-section-missing"},
    Id{FindingId::trampoline_section_missing, "trampoline-section-missing"},
    Id{FindingId::writable_code, "writable-code"},
    Id{FindingId::per_cpu_too_large, "per-cpu-too-large"},
    Id{FindingId::constructors_twice, "constructors-twice"},
    Id{FindingId::exports_without_flags, "exports-without-flags"},
    Id{FindingId::exports_ignored, "exports-ignored"},
    Id{FindingId::exports_damaged, "exports-damaged"},
    Id{FindingId::symbol_common, "symbol-common"},
    Id{FindingId::symbol_section_outside, "symbol-section-outside"},
    Id{FindingId::relocations_unsupported, "relocations-unsupported"},
    Id{FindingId::relocations_for_nothing, "relocations-for-nothing"},
    Id{FindingId::relocation_symbol_outside, "relocation-symbol-outside"},
    Id{FindingId::relocation_outside, "relocation-outside"},
    Id{FindingId::relocation_type_unknown, "relocation-type-unknown"},
    Id{FindingId::relocation_overflows, "relocation-overflows"},
    Id{FindingId::relocation_target_filled, "relocation-target-filled"},
    Id{FindingId::parameter_damaged, "parameter-damaged"},
    Id{FindingId::exports_unsorted, "exports-unsorted"},
    Id{FindingId::section_twice, "section-twice"},
    Id{FindingId::staging_taints, "staging-taints"},
    Id{FindingId::test_taints, "test-taints"},

    Id{FindingId::architecture_unchecked, "architecture-unchecked"},
    Id{FindingId::machine_differs, "machine-differs"},
    Id{FindingId::class_differs, "class-differs"},
    Id{FindingId::byte_order_differs, "byte-order-differs"},
    Id{FindingId::this_module_missing, "this-module-missing"},
    Id{FindingId::layout_unchecked, "layout-unchecked"},
    Id{FindingId::layout_size_differs, "layout-size-differs"},
    Id{FindingId::layout_init_offset_differs, "layout-init-offset-differs"},
    Id{FindingId::layout_exit_offset_differs, "layout-exit-offset-differs"},
    Id{FindingId::vermagic_unchecked, "vermagic-unchecked"},
    Id{FindingId::no_vermagic, "no-vermagic"},
    Id{FindingId::vermagic_differs, "vermagic-differs"},
    Id{FindingId::versions_unchecked, "versions-unchecked"},
    Id{FindingId::no_versions, "no-versions"},
    Id{FindingId::module_layout_crc_unchecked, "module-layout-crc-unchecked"},
    Id{FindingId::module_layout_crc_missing, "module-layout-crc-missing"},
    Id{FindingId::module_layout_crc_differs, "module-layout-crc-differs"},
    Id{FindingId::exports_without_crcs, "exports-without-crcs"},
    Id{FindingId::symbols_unchecked, "symbols-unchecked"},
    Id{FindingId::symbol_unknown, "symbol-unknown"},
    Id{FindingId::provider_refused, "provider-refused"},
    Id{FindingId::symbol_gpl_only, "symbol-gpl-only"},
    Id{FindingId::symbol_gpl_only_after_proprietary, "symbol-gpl-only-after-proprietary"},
    Id{FindingId::symbol_of_proprietary, "symbol-of-proprietary"},
    Id{FindingId::proprietary_inherited, "proprietary-inherited"},
    Id{FindingId::module_namespace_imported, "module-namespace-imported"},
    Id{FindingId::export_duplicates_module, "export-duplicates-module"},
    Id{FindingId::weak_symbol_unknown, "weak-symbol-unknown"},
    Id{FindingId::crc_missing, "crc-missing"},
    Id{FindingId::crc_differs, "crc-differs"},
    Id{FindingId::namespace_not_imported, "namespace-not-imported"},
    Id{FindingId::export_duplicates_kernel, "export-duplicates-kernel"},
    Id{FindingId::license_taints, "license-taints"},
    Id{FindingId::modules_disabled, "modules-disabled"},
    Id{FindingId::signature_policy_unchecked, "signature-policy-unchecked"},
    Id{FindingId::module_unsigned, "module-unsigned"},
    Id{FindingId::signature_unsupported, "signature-unsupported"},
    Id{FindingId::signature_key_unavailable, "signature-key-unavailable"},
    Id{FindingId::locked_down, "locked-down"},
    Id{FindingId::signature_damaged, "signature-damaged"},
    Id{FindingId::signature_has_parameters, "signature-has-parameters"},
    Id{FindingId::signature_version_unread, "signature-version-unread"},
    Id{FindingId::signature_not_of_data, "signature-not-of-data"},
    Id{FindingId::signature_has_attributes, "signature-has-attributes"},
    Id{FindingId::signature_key_revoked, "signature-key-revoked"},
    Id{FindingId::fips_panics, "fips-panics"},
    Id{FindingId::fips_unchecked, "fips-unchecked"},
    Id{FindingId::ima_unchecked, "ima-unchecked"},
    Id{FindingId::signature_wrong, "signature-wrong"},
    Id{FindingId::signature_unchecked, "signature-unchecked"},
    Id{FindingId::module_blacklisted, "module-blacklisted"},
    Id{FindingId::modprobe_blacklists, "modprobe-blacklists"},
    Id{FindingId::modprobe_runs_other, "modprobe-runs-other"},
    Id{FindingId::compression_unread, "compression-unread"},
    Id{FindingId::compression_unchecked, "compression-unchecked"},
    Id{FindingId::shadowed, "shadowed"},
    Id{FindingId::built_in_has_name, "built-in-has-name"},
    Id{FindingId::btf_unchecked, "btf-unchecked"},
    Id{FindingId::btf_invalid, "btf-invalid"},
    Id{FindingId::struct_layout_differs, "struct-layout-differs"}};

template <typename Value, std::size_t count>
std::string_view name_in(const std::array<Named<Value>, count>& names, Value value) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.value == value; });
  return found == names.end() ? "unknown" : found->name;
}

template <typename Value, std::size_t count>
std::optional<Value> value_in(const std::array<Named<Value>, count>& names, std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.name == name; });
  if (found == names.end()) return std::nullopt;
  return found->value;
}

template <typename Value, std::size_t count>
std::vector<std::string_view> all_names(const std::array<Named<Value>, count>& names) {
  std::vector<std::string_view> result;
  for (const auto& each : names) result.push_back(each.name);
  return result;
}

Decision decision_of(Severity worst) {
  switch (worst) {
    case Severity::note: return Decision::loads;
    case Severity::taint: return Decision::loads_with_taint;
    case Severity::forced: return Decision::loads_forced;
    case Severity::unknown: return Decision::unknown;
    case Severity::broken: return Decision::broken;
    case Severity::refusal: return Decision::refused;
  }
  return Decision::unknown;
}

std::string values_text(const Finding& finding) {
  if (finding.module_value.empty() && finding.kernel_value.empty()) return {};
  if (finding.kernel_value.empty()) return fmt::format(" (module: {})", finding.module_value);
  if (finding.module_value.empty()) return fmt::format(" (kernel: {})", finding.kernel_value);
  return fmt::format(" (module: {}, kernel: {})", finding.module_value, finding.kernel_value);
}

}  // namespace

Decision decide(const std::vector<Finding>& findings) {
  Severity worst = Severity::note;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return decision_of(worst);
}

bool is_installable(Decision decision) {
  return decision == Decision::loads || decision == Decision::loads_with_taint;
}

std::string_view name_of(Decision decision) {
  return name_in(decisions, decision);
}
std::string_view name_of(Severity severity) {
  return name_in(severities, severity);
}
std::string_view name_of(FindingId id) {
  return name_in(finding_ids, id);
}

std::vector<std::string_view> decision_names() {
  return all_names(decisions);
}
std::vector<std::string_view> finding_names() {
  return all_names(finding_ids);
}

std::optional<Decision> decision_named(std::string_view name) {
  return value_in(decisions, name);
}
std::optional<Severity> severity_named(std::string_view name) {
  return value_in(severities, name);
}
std::optional<FindingId> finding_id_named(std::string_view name) {
  return value_in(finding_ids, name);
}

std::string sentence(const Finding& finding) {
  const std::string subject = finding.symbol.empty() ? std::string() : finding.symbol + ": ";
  return subject + finding.cause + values_text(finding);
}

}  // namespace kpkg::abi
