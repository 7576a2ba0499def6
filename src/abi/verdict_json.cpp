// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/verdict_json.hpp"

#include "abi/json_reader.hpp"

namespace kpkg::abi {
namespace {

Result<Finding> finding_from_json(const Json& value) {
  const JsonReader reader(value, "finding");
  const auto id_name = KPKG_TRY(reader.text("id"));
  const auto id = finding_id_named(id_name);
  if (!id) return reader.wrong("id", "a finding that this kpkg knows");
  const auto severity_name = KPKG_TRY(reader.text("severity"));
  const auto severity = severity_named(severity_name);
  if (!severity) return reader.wrong("severity", "a severity that this kpkg knows");
  Finding finding{.id = *id,
                  .severity = *severity,
                  .symbol = {},
                  .module_value = {},
                  .kernel_value = {},
                  .kernel_says = {},
                  .errno_name = {},
                  .cause = {},
                  .remedy = {}};
  finding.symbol = KPKG_TRY(reader.text("symbol"));
  finding.module_value = KPKG_TRY(reader.text("module_value"));
  finding.kernel_value = KPKG_TRY(reader.text("kernel_value"));
  finding.kernel_says = KPKG_TRY(reader.text("kernel_says"));
  finding.errno_name = KPKG_TRY(reader.text("errno"));
  finding.cause = KPKG_TRY(reader.text("cause"));
  finding.remedy = KPKG_TRY(reader.text("remedy"));
  return finding;
}

}  // namespace

Json to_json(const Finding& finding) {
  return {{"id", name_of(finding.id)},
          {"severity", name_of(finding.severity)},
          {"symbol", finding.symbol},
          {"module_value", finding.module_value},
          {"kernel_value", finding.kernel_value},
          {"kernel_says", finding.kernel_says},
          {"errno", finding.errno_name},
          {"cause", finding.cause},
          {"remedy", finding.remedy}};
}

Json to_json(const Verdict& verdict) {
  Json findings = Json::array();
  for (const Finding& finding : verdict.findings) findings.push_back(to_json(finding));
  return {{"module", verdict.module},       {"digest", verdict.digest.hex()},
          {"release", verdict.release},     {"decision", name_of(verdict.decision)},
          {"errno", verdict.errno_name},    {"taints", verdict.taints},
          {"findings", std::move(findings)}};
}

Result<Verdict> verdict_from_json(const Json& value) {
  const JsonReader reader(value, "verdict");
  KPKG_TRY(reader.check_object());
  Verdict verdict;
  verdict.module = KPKG_TRY(reader.text("module"));
  verdict.digest = KPKG_TRY(reader.digest("digest"));
  verdict.release = KPKG_TRY(reader.text("release"));
  const auto decision_name = KPKG_TRY(reader.text("decision"));
  const auto decision = decision_named(decision_name);
  if (!decision) return reader.wrong("decision", "a decision that this kpkg knows");
  verdict.decision = *decision;
  const auto errno_name = KPKG_TRY(reader.optional_text("errno"));
  verdict.errno_name = errno_name.value_or("");
  const auto taints = KPKG_TRY(reader.optional_text("taints"));
  verdict.taints = taints.value_or("");
  const Json* const findings = KPKG_TRY(reader.optional_list("findings"));
  if (findings == nullptr) return reader.wrong("findings", "a list");
  for (const Json& finding : *findings) verdict.findings.push_back(KPKG_TRY(finding_from_json(finding)));
  return verdict;
}

}  // namespace kpkg::abi
