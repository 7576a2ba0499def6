// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"

#include "abi/signature_check.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// The first function that the module calls to offer an algorithm to the kernel; empty: none.
std::string registration_in(const Fingerprint& module) {
  const auto found = std::find_if(module.imports.begin(), module.imports.end(), [](const Import& import) {
    return import.symbol.starts_with("crypto_register_");
  });
  return found == module.imports.end() ? std::string() : found->symbol;
}

/// What a kernel in FIPS mode does when such a module registers its algorithm; nothing: no harm, or the
/// module does not get so far.
std::optional<FindingId> end_in_fips(SignatureOutcome outcome) {
  if (counts_as_unsigned(outcome)) return FindingId::fips_panics;
  const bool is_open = outcome == SignatureOutcome::unchecked || outcome == SignatureOutcome::may_be_wrong;
  return is_open ? std::optional(FindingId::fips_unchecked) : std::nullopt;
}

void judge_fips(const Case& judged, std::vector<Finding>& findings) {
  const bool looks =
      judged.kernel.gates.is_fips.value_or(false) && judged.kernel.signature_policy.checks.value_or(false);
  const auto registration = looks ? registration_in(judged.module) : std::string();
  if (registration.empty()) return;
  const auto end = end_in_fips(check_module_signature(judged.module, judged.kernel).outcome);
  if (!end) return;
  const bool is_certain = *end == FindingId::fips_panics;
  add(findings, judged, *end, is_certain ? Severity::broken : Severity::unknown, {.detail = registration});
}

}  // namespace

void judge_machine(const Case& judged, std::vector<Finding>& findings) {
  judge_fips(judged, findings);
  if (judged.kernel.gates.ima_appraises.value_or(false))
    add(findings, judged, FindingId::ima_unchecked, Severity::note);
}

}  // namespace kpkg::abi
