// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"

#include "abi/finding_texts.hpp"
#include "abi/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace kpkg::abi {

void add(std::vector<Finding>& findings, const Case& judged, FindingId id, Severity severity, About about) {
  findings.push_back(make_finding(id, severity,
                                  {.module = judged.module.name,
                                   .release = judged.kernel.release,
                                   .symbol = std::move(about.symbol),
                                   .module_value = std::move(about.module_value),
                                   .kernel_value = std::move(about.kernel_value),
                                   .detail = std::move(about.detail)}));
}

Severity unless_waived(std::optional<bool> waives, Severity waived) {
  if (!waives) return Severity::unknown;
  return *waives ? waived : Severity::refusal;
}

Severity severity_of_missing_version(const Case& judged) {
  if (uses_extended_versions(judged)) return Severity::note;
  const auto refuses = judged.loader.refuses_missing_version;
  if (!refuses) return Severity::unknown;
  return *refuses ? Severity::refusal : Severity::note;
}

bool uses_extended_versions(const Case& judged) {
  return judged.module.has_extended_versions && judged.loader.reads_extended_versions.value_or(false);
}

bool has_usable_versions(const Case& judged) {
  return judged.module.has_versions || uses_extended_versions(judged);
}

std::string crc_text(std::uint64_t crc) {
  return fmt::format("{:#010x}", crc);
}

Verdict judge(const Fingerprint& module, const KernelFacts& kernel, std::span<const Fingerprint> companions) {
  const Case judged{.module = module, .kernel = kernel, .companions = companions};
  Verdict verdict{.module = module.name,
                  .digest = module.digest,
                  .release = kernel.release,
                  .decision = Decision::unknown,
                  .findings = {}};
  judge_identity(judged, verdict.findings);
  judge_versions(judged, verdict.findings);
  judge_symbols(judged, verdict.findings);
  std::sort(verdict.findings.begin(), verdict.findings.end(), [](const Finding& left, const Finding& right) {
    return std::tie(left.id, left.symbol, left.kernel_value) <
           std::tie(right.id, right.symbol, right.kernel_value);
  });
  verdict.decision = decide(verdict.findings);
  return verdict;
}

}  // namespace kpkg::abi
