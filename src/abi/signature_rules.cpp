// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"

#include "abi/signature_check.hpp"
#include "abi/signature_demand.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// What the kernel does with a module that it does not take for signed: enforcement comes first and has an
/// errno of its own. Source: linux kernel/module/signing.c, module_sig_check().
void refuse_or_taint(const Case& judged, FindingId id, const SignatureCheckResult& result,
                     std::vector<Finding>& findings) {
  const auto demand = signature_demand(judged.kernel);
  const bool is_enforced = demand.enforced.value_or(false);
  add(findings, judged, id, is_enforced ? Severity::refusal : Severity::note,
      {.module_value = result.signer, .detail = result.detail});
  if (!is_enforced && !result.says.empty()) findings.back().kernel_says = result.says;
  if (is_enforced || !demand.locked_down.value_or(false)) return;
  add(findings, judged, FindingId::locked_down, Severity::refusal);
}

/// That nobody here has the keys matters only where the answer could be a refusal.
void judge_unchecked(const Case& judged, const SignatureCheckResult& result, std::vector<Finding>& findings) {
  const bool is_demanded = signature_demand(judged.kernel).is_made();
  const bool can_be_refused = is_demanded || result.outcome == SignatureOutcome::may_be_wrong;
  add(findings, judged, FindingId::signature_unchecked, can_be_refused ? Severity::unknown : Severity::note,
      {.module_value = result.signer, .detail = result.detail});
}

}  // namespace

void judge_signature(const Case& judged, std::vector<Finding>& findings) {
  const auto checks = judged.kernel.signature_policy.checks;
  if (!checks) return add(findings, judged, FindingId::signature_policy_unchecked, Severity::note);
  if (!*checks) return;
  const auto result = check_module_signature(judged.module, judged.kernel);
  const auto refuse = [&](FindingId id) {
    add(findings, judged, id, Severity::refusal, {.module_value = result.signer, .detail = result.detail});
    if (!result.says.empty()) findings.back().kernel_says = result.says;
  };
  switch (result.outcome) {
    case SignatureOutcome::good: return;
    case SignatureOutcome::absent:
      return refuse_or_taint(judged, FindingId::module_unsigned, result, findings);
    case SignatureOutcome::unsupported:
      return refuse_or_taint(judged, FindingId::signature_unsupported, result, findings);
    case SignatureOutcome::of_unknown_key:
      return refuse_or_taint(judged, FindingId::signature_key_unavailable, result, findings);
    case SignatureOutcome::with_parameters: return refuse(FindingId::signature_has_parameters);
    case SignatureOutcome::damaged: return refuse(FindingId::signature_damaged);
    case SignatureOutcome::of_unread_version: return refuse(FindingId::signature_version_unread);
    case SignatureOutcome::not_of_data: return refuse(FindingId::signature_not_of_data);
    case SignatureOutcome::with_attributes: return refuse(FindingId::signature_has_attributes);
    case SignatureOutcome::revoked: return refuse(FindingId::signature_key_revoked);
    case SignatureOutcome::wrong: return refuse(FindingId::signature_wrong);
    case SignatureOutcome::unchecked:
    case SignatureOutcome::may_be_wrong: return judge_unchecked(judged, result, findings);
  }
}

}  // namespace kpkg::abi
