// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/provider.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

const Export* export_of(const Fingerprint& module, std::string_view symbol) {
  const auto found = std::lower_bound(module.exports.begin(), module.exports.end(), symbol,
                                      [](const Export& each, auto wanted) { return each.symbol < wanted; });
  return found != module.exports.end() && found->symbol == symbol ? &*found : nullptr;
}

std::optional<Provider> provider_among(const Case& judged, std::string_view symbol) {
  for (const Fingerprint& companion : judged.company.others) {
    const Export* const found = export_of(companion, symbol);
    if (found == nullptr) continue;
    return Provider{.crc = found->crc,
                    .gpl_only = found->gpl_only,
                    .name_space = found->name_space,
                    .owner = companion.name,
                    .is_proprietary = !is_gpl_compatible(companion)};
  }
  return std::nullopt;
}

/// Whether a companion of the same name stands in for the kernel's module that has the symbol: what that one
/// does not export is then gone.
bool is_replaced(const Case& judged, const KernelSymbol& own) {
  if (own.owner == "vmlinux") return false;
  const auto name = module_key(std::string_view(own.owner).substr(own.owner.rfind('/') + 1));
  const auto has_name = [&](const Fingerprint& each) { return module_key(each.name) == name; };
  const auto& [others, before, refused] = judged.company;
  return std::any_of(others.begin(), others.end(), has_name) ||
         std::any_of(refused.begin(), refused.end(), has_name);
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

}  // namespace

std::optional<Provider> provider_of(const Case& judged, std::string_view symbol) {
  if (symbol.empty()) return std::nullopt;  // damaged modules seem to export such
  const auto& symbols = judged.kernel.symbols;
  const auto own = symbols ? symbols->table.find(symbol) : std::nullopt;
  if (!own || own->owner != "vmlinux") {
    if (auto companion = provider_among(judged, symbol)) return companion;
  }
  if (!own || is_replaced(judged, *own)) return std::nullopt;
  return Provider{
      .crc = own->crc, .gpl_only = own->gpl_only, .name_space = own->name_space, .owner = own->owner};
}

std::optional<std::string> refused_provider_of(const Case& judged, std::string_view symbol) {
  for (const Fingerprint& module : judged.company.refused)
    if (export_of(module, symbol) != nullptr) return module.name;
  return std::nullopt;
}

bool may_use_namespace(const Case& judged, std::string_view name_space) {
  if (name_space.empty() || !judged.loader.knows_namespaces.value_or(true)) return true;
  const bool is_for_modules =
      name_space.starts_with(module_namespace_prefix) && judged.loader.knows_module_namespaces.value_or(true);
  if (is_for_modules && is_listed(name_space.substr(module_namespace_prefix.size()), judged.module.name))
    return true;
  const auto& imported = judged.module.import_namespaces;
  return std::find(imported.begin(), imported.end(), name_space) != imported.end();
}

}  // namespace kpkg::abi
