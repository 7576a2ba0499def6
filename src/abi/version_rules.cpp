// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// The CRC of struct module itself; every kernel with symbol versions exports it from vmlinux.
void judge_module_layout(const Case& judged, std::vector<Finding>& findings) {
  const auto& symbols = judged.kernel.symbols;
  const auto wanted = symbols ? symbols->table.find("module_layout") : std::nullopt;
  if (!wanted) return add(findings, judged, FindingId::module_layout_crc_unchecked, Severity::unknown);
  const bool extended = uses_extended_versions(judged);
  const auto crc = extended ? judged.module.extended_layout_crc : judged.module.layout_crc;
  if (!crc) {
    return add(findings, judged, FindingId::module_layout_crc_missing, severity_of_missing_version(judged),
               {.kernel_value = crc_text(wanted->crc), .detail = extended ? "extended " : ""});
  }
  if (*crc == wanted->crc) return;
  add(findings, judged, FindingId::module_layout_crc_differs, Severity::refusal,
      {.module_value = crc_text(*crc), .kernel_value = crc_text(wanted->crc)});
}

}  // namespace

void judge_versions(const Case& judged, std::vector<Finding>& findings) {
  const auto compares = has_modversions(judged.kernel);
  if (!compares) return add(findings, judged, FindingId::versions_unchecked, Severity::unknown);
  if (!*compares) return;
  const auto& exports = judged.module.exports;
  if (std::any_of(exports.begin(), exports.end(), [](const Export& each) { return !each.crc; })) {
    add(findings, judged, FindingId::exports_without_crcs,
        unless_waived(judged.loader.force_load, Severity::forced));
  }
  if (!has_usable_versions(judged)) {
    return add(findings, judged, FindingId::no_versions,
               unless_waived(judged.loader.force_load, Severity::forced));
  }
  judge_module_layout(judged, findings);
}

}  // namespace kpkg::abi
