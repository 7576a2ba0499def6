// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/loader_features.hpp"

#include "abi/json_reader.hpp"
#include "base/version.hpp"

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

using Member = std::optional<bool> LoaderFeatures::*;
using L = LoaderFeatures;

/// One feature: its name in JSON, the release that has it if nobody patched anything ("": that says nothing)
/// and the option without which the kernel lacks it ("": none).
struct Feature {
  Member member;
  std::string_view name;
  std::string_view since;
  std::string_view option;
};

// Source: kernel/module.c and kernel/module/ of 4.9.154 to 7.3.4. Stable releases got some of these checks
// later (5.10.262 and 6.1.192 have some that 5.15.100 and 6.6.0 lack), so the release comes last.
constexpr std::array features{
    Feature{&L::validates_elf, "validates_elf", "5.11", ""},
    Feature{&L::names_elf_defects, "names_elf_defects", "5.12", ""},
    Feature{&L::demands_single_sections, "demands_single_sections", "6.4", ""},
    Feature{&L::checks_layout_size, "checks_layout_size", "6.4", ""},
    Feature{&L::checks_symbol_sections, "checks_symbol_sections", "6.19", ""},
    Feature{&L::checks_table_types, "checks_table_types", "6.19", ""},
    Feature{&L::checks_symbol_names, "checks_symbol_names", "6.13", ""},
    Feature{&L::checks_all_section_names, "checks_all_section_names", "6.12", ""},
    Feature{&L::refuses_twin_sections, "refuses_twin_sections", "6.12", ""},
    Feature{&L::refuses_writable_code, "refuses_writable_code", "5.8", "CONFIG_STRICT_MODULE_RWX"},
    Feature{&L::runs_constructors, "runs_constructors", "", "CONFIG_CONSTRUCTORS"},
    Feature{&L::demands_export_flags, "demands_export_flags", "7.1", ""},
    Feature{&L::reads_extended_versions, "reads_extended_versions", "6.14", ""},
    Feature{&L::knows_namespaces, "knows_namespaces", "5.4", ""},
    Feature{&L::knows_module_namespaces, "knows_module_namespaces", "6.16", ""},
    Feature{&L::inherits_proprietary, "inherits_proprietary", "5.9", ""},
    Feature{&L::names_inherited_symbols, "names_inherited_symbols", "", ""},
    Feature{&L::names_relocations, "names_relocations", "", ""},
    Feature{&L::ignores_offset_table, "ignores_offset_table", "5.12", ""},
    Feature{&L::has_livepatch, "has_livepatch", "", "CONFIG_LIVEPATCH"},
    Feature{&L::marks_tests, "marks_tests", "6.0", ""},
    Feature{&L::force_load, "force_load", "", "CONFIG_MODULE_FORCE_LOAD"},
    Feature{&L::allows_missing_namespace, "allows_missing_namespace", "",
            "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS"},
    Feature{&L::lies_low, "lies_low", "", "CONFIG_UML"},
    Feature{&L::refuses_missing_version, "refuses_missing_version", "", ""}};

/// A text of the loader; an image that has one of a feature's texts has the feature, one that has none of
/// them lacks it.
struct Text {
  Member member;
  std::string_view text;
};

constexpr std::array texts{
    Text{&L::validates_elf, "Module has invalid ELF structures"},
    Text{&L::validates_elf, "Invalid ELF section header overflow"},
    Text{&L::names_elf_defects, "Invalid ELF section header overflow"},
    Text{&L::demands_single_sections, "Only one .modinfo section must exist."},
    Text{&L::checks_layout_size, "section size must match the kernel's built struct module size at run time"},
    Text{&L::checks_symbol_sections, "has an invalid section index %u (max %u)"},
    Text{&L::checks_table_types, "Invalid ELF symbol string table type"},
    Text{&L::checks_symbol_names, "symbol name out of bounds in string table"},
    Text{&L::refuses_writable_code, "has invalid WRITE|EXEC flags"},
    Text{&L::runs_constructors, "has both .ctors and .init_array"},
    Text{&L::demands_export_flags, "no flags for exported symbols"},
    Text{&L::reads_extended_versions, "no extended symbol version for"},
    Text{&L::knows_namespaces, "from namespace %s, but does not import it"},
    Text{&L::knows_module_namespaces, "tries to import module namespace"},
    Text{&L::inherits_proprietary, "inheriting taint"},
    Text{&L::names_inherited_symbols, "uses symbols %s from proprietary module"},
    Text{&L::names_relocations, "existing value is nonzero for sec %u, idx %u"},
    Text{&L::ignores_offset_table, "_GLOBAL_OFFSET_TABLE_"},
    Text{&L::has_livepatch, "tainting kernel with TAINT_LIVEPATCH"},
    Text{&L::marks_tests, "loading test module taints kernel"}};

/// Of every loader since 4.9: without it the image was not unpacked, or is not one.
constexpr std::string_view common_text = "version magic '%s' should be '%s'";

// In the order of linux arch/arm64/kernel/module-plts.c, arch/arm/kernel/module-plts.c and
// arch/riscv/kernel/module-sections.c.
constexpr std::array<std::string_view, 6> arch_sections{
    ".plt", ".got", ".got.plt", ".init.plt", ".text.ftrace_trampoline", ".init.text.ftrace_trampoline"};

}  // namespace

std::vector<std::string_view> loader_texts() {
  std::vector<std::string_view> result{common_text};
  for (const Text& each : texts) {
    if (std::find(result.begin(), result.end(), each.text) == result.end()) result.push_back(each.text);
  }
  return result;
}

LoaderFeatures features_of_texts(std::span<const std::string_view> found) {
  const auto has = [&](std::string_view text) {
    return std::find(found.begin(), found.end(), text) != found.end();
  };
  LoaderFeatures result;
  if (!has(common_text)) return result;
  for (const Text& each : texts) {
    auto& feature = result.*each.member;
    feature = feature.value_or(false) || has(each.text);
  }
  return result;
}

LoaderFeatures features_of_configuration(const std::function<bool(std::string_view)>& is_set) {
  LoaderFeatures result;
  for (const Feature& each : features) {
    if (each.option.empty()) continue;
    const bool is_on = is_set(each.option);
    // An option may be older than what it switches: that it is on then says nothing.
    if (each.since.empty() || !is_on) result.*each.member = is_on;
  }
  return result;
}

LoaderFeatures features_of_release(std::string_view release) {
  LoaderFeatures result;
  if (release.empty()) return result;
  for (const Feature& each : features) {
    if (!each.since.empty()) result.*each.member = compare_versions(release, each.since) >= 0;
  }
  return result;
}

LoaderFeatures merged(LoaderFeatures first, const LoaderFeatures& second) {
  for (const Feature& each : features) {
    auto& feature = first.*each.member;
    if (!feature) feature = second.*each.member;
  }
  if (!first.required_sections) first.required_sections = second.required_sections;
  return first;
}

std::vector<std::string_view> possible_required_sections() {
  return {arch_sections.begin(), arch_sections.end()};
}

Json to_json(const LoaderFeatures& loader) {
  Json result = Json::object();
  for (const Feature& each : features) result[std::string(each.name)] = json_of(loader.*each.member);
  result["required_sections"] = json_of(loader.required_sections);
  return result;
}

Result<LoaderFeatures> loader_features_from_json(const Json& value) {
  const JsonReader reader(value, "loader");
  KPKG_TRY(reader.check_object());
  LoaderFeatures result;
  for (const Feature& each : features) {
    result.*each.member = KPKG_TRY(reader.optional_flag(each.name));
  }
  const Json* const sections = KPKG_TRY(reader.optional_list("required_sections"));
  if (sections != nullptr) result.required_sections = KPKG_TRY(reader.texts("required_sections"));
  return result;
}

}  // namespace kpkg::abi
