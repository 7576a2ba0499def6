// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// Who answers for a symbol, and under which conditions.
struct Provider {
  std::optional<std::uint32_t> crc;  ///< nothing: the provider has no CRCs, and the kernel compares none
  bool gpl_only = false;
  std::string name_space;
  std::string owner;
};

std::optional<Provider> provider_among(std::span<const Fingerprint> companions, std::string_view symbol) {
  for (const Fingerprint& companion : companions) {
    const auto& exports = companion.exports;
    const auto found = std::lower_bound(exports.begin(), exports.end(), symbol,
                                        [](const Export& each, auto wanted) { return each.symbol < wanted; });
    if (found == exports.end() || found->symbol != symbol) continue;
    return Provider{.crc = found->crc,
                    .gpl_only = found->gpl_only,
                    .name_space = found->name_space,
                    .owner = companion.name};
  }
  return std::nullopt;
}

/// The kernel itself comes first, since nothing can replace its symbols; then companions, since depmod
/// prefers what is installed to the kernel's own modules; then those.
std::optional<Provider> provider_of(const Case& judged, std::string_view symbol) {
  const auto& symbols = judged.kernel.symbols;
  const auto own = symbols ? symbols->table.find(symbol) : std::nullopt;
  if (!own || own->owner != "vmlinux") {
    if (auto companion = provider_among(judged.companions, symbol)) return companion;
  }
  if (!own) return std::nullopt;
  return Provider{
      .crc = own->crc, .gpl_only = own->gpl_only, .name_space = own->name_space, .owner = own->owner};
}

/// Whether `name` is one of a list such as "kvm,kvm-*"; dashes are underscores.
/// Source: linux kernel/module, verify_module_namespace, since 6.16.
bool is_listed(std::string_view list, std::string_view name) {
  const std::string key = module_key(name);
  const auto patterns = split(module_key(list), ',');
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const bool is_prefix = pattern.ends_with('*');
    return is_prefix ? key.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1))
                     : key == pattern;
  });
}

bool may_use_namespace(const Fingerprint& module, std::string_view name_space) {
  constexpr std::string_view for_modules = "module:";
  if (name_space.empty()) return true;
  if (name_space.starts_with(for_modules) && is_listed(name_space.substr(for_modules.size()), module.name))
    return true;
  const auto& imported = module.import_namespaces;
  return std::find(imported.begin(), imported.end(), name_space) != imported.end();
}

void judge_version(const Case& judged, const Import& import, const Provider& provider,
                   std::vector<Finding>& findings) {
  const bool compares = has_modversions(judged.kernel).value_or(false);
  if (!compares || !provider.crc || !has_usable_versions(judged)) return;
  const bool extended = uses_extended_versions(judged);
  const auto crc = extended ? import.extended_crc : import.crc;
  if (!crc) {
    return add(findings, judged, FindingId::crc_missing, severity_of_missing_version(judged),
               {.symbol = import.symbol,
                .kernel_value = crc_text(*provider.crc),
                .detail = extended ? "extended " : ""});
  }
  if (*crc == *provider.crc) return;
  add(findings, judged, FindingId::crc_differs, Severity::refusal,
      {.symbol = import.symbol,
       .module_value = crc_text(*crc),
       .kernel_value = crc_text(*provider.crc),
       .detail = provider.owner});
}

/// What the kernel says of a symbol that it cannot give. A weak one is then 0, whatever the reason is.
void judge_absence(const Case& judged, const Import& import, std::vector<Finding>& findings) {
  if (import.weak) {
    return add(findings, judged, FindingId::weak_symbol_unknown, Severity::note, {.symbol = import.symbol});
  }
  const bool is_complete = judged.kernel.symbols && judged.kernel.symbols->is_complete;
  add(findings, judged, FindingId::symbol_unknown, is_complete ? Severity::refusal : Severity::unknown,
      {.symbol = import.symbol});
}

void judge_provided(const Case& judged, const Import& import, const Provider& provider,
                    std::vector<Finding>& findings) {
  if (provider.gpl_only && !is_gpl_compatible(judged.module)) {
    if (import.weak) return judge_absence(judged, import, findings);
    add(findings, judged, FindingId::symbol_gpl_only, Severity::refusal,
        {.symbol = import.symbol,
         .module_value = judged.module.license.value_or("unspecified"),
         .kernel_value = "GPL only",
         .detail = provider.owner});
  }
  judge_version(judged, import, provider, findings);
  if (!may_use_namespace(judged.module, provider.name_space)) {
    add(findings, judged, FindingId::namespace_not_imported,
        unless_waived(judged.loader.allows_missing_namespace, Severity::note),
        {.symbol = import.symbol, .kernel_value = provider.name_space});
  }
}

/// The linker's own symbol, which x86 kernels ignore (since 5.12 and its stable releases).
bool is_ignored(const Case& judged, const Import& import) {
  const auto machine = judged.module.architecture.machine;
  const bool is_x86 = machine == 62 || machine == 3;
  return is_x86 && import.symbol == "_GLOBAL_OFFSET_TABLE_";
}

void judge_imports(const Case& judged, std::vector<Finding>& findings) {
  std::size_t unchecked = 0;
  for (const Import& import : judged.module.imports) {
    if (is_ignored(judged, import)) continue;
    if (const auto provider = provider_of(judged, import.symbol)) {
      judge_provided(judged, import, *provider, findings);
    } else if (judged.kernel.symbols) {
      judge_absence(judged, import, findings);
    } else {
      ++unchecked;
    }
  }
  if (unchecked == 0) return;
  add(findings, judged, FindingId::symbols_unchecked, Severity::unknown,
      {.detail = counted(unchecked, "symbol")});
}

/// Only symbols of vmlinux: those of the kernel's modules are a conflict if both are loaded, and a
/// replacement is meant not to be.
void judge_exports(const Case& judged, std::vector<Finding>& findings) {
  if (!judged.kernel.symbols) return;
  for (const Export& each : judged.module.exports) {
    const auto own = judged.kernel.symbols->table.find(each.symbol);
    if (!own || own->owner != "vmlinux") continue;
    add(findings, judged, FindingId::export_duplicates_kernel, Severity::refusal,
        {.symbol = each.symbol, .kernel_value = "vmlinux"});
  }
}

}  // namespace

void judge_symbols(const Case& judged, std::vector<Finding>& findings) {
  judge_imports(judged, findings);
  judge_exports(judged, findings);
}

}  // namespace kpkg::abi
