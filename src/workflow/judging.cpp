// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/judging.hpp"

#include "abi/judge.hpp"
#include "workflow/root_memory.hpp"

#include <algorithm>
#include <memory>

namespace kpkg::workflow {
namespace {

bool needs_btf(const abi::Verdict& verdict) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(), [](const abi::Finding& finding) {
    return finding.id == abi::FindingId::btf_unchecked || finding.id == abi::FindingId::struct_layout_differs;
  });
}

}  // namespace

abi::Verdict judge(const Workspace& workspace, const Target& target, const abi::Fingerprint& module,
                   std::span<const abi::Fingerprint> companions) {
  auto verdict = abi::judge(module, target.facts, companions);
  const auto& btf = target.facts.btf;
  if (btf.bytes != nullptr || !btf.digest || !needs_btf(verdict)) return verdict;
  auto bytes = RootMemory(workspace).recall(kernel::btf_key(*btf.digest));
  if (!bytes || crypto::sha256(*bytes) != *btf.digest) return verdict;
  auto facts = target.facts;
  facts.btf.bytes = std::make_shared<const std::string>(std::move(*bytes));
  return abi::judge(module, facts, companions);
}

}  // namespace kpkg::workflow
