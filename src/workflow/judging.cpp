// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/judging.hpp"

#include "abi/judge.hpp"
#include "workflow/root_memory.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace kpkg::workflow {
namespace {

bool needs_btf(const abi::Verdict& verdict) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(), [](const abi::Finding& finding) {
    return finding.id == abi::FindingId::btf_unchecked || finding.id == abi::FindingId::struct_layout_differs;
  });
}

/// Whether the verdict takes a comparison of types, and so their table.
bool compares_types(const abi::KernelFacts& kernel, const abi::Fingerprint& module) {
  return module.types.table != nullptr || (kernel.btf.bytes != nullptr && module.types.sections != nullptr);
}

abi::KernelFacts with_table(abi::KernelFacts facts, RootMemory& memory) {
  kernel::add_type_table(facts, memory);
  return facts;
}

abi::Verdict judge(const Workspace& workspace, const Target& target, const abi::Fingerprint& module,
                   const abi::Company& company) {
  RootMemory memory(workspace);
  const auto& btf = target.facts.btf;
  auto verdict = compares_types(target.facts, module)
                     ? abi::judge(module, with_table(target.facts, memory), company)
                     : abi::judge(module, target.facts, company);
  if (btf.bytes != nullptr || !btf.digest || !needs_btf(verdict)) return verdict;
  auto bytes = memory.recall(kernel::btf_key(*btf.digest));
  if (!bytes || crypto::sha256(*bytes) != *btf.digest) return verdict;
  auto facts = target.facts;
  facts.btf.bytes = std::make_shared<const std::string>(std::move(*bytes));
  return abi::judge(module, with_table(std::move(facts), memory), company);
}

/// One pass over all: each is judged by what is known of the rest. Owns the verdicts and who is refused.
class Round {
 public:
  Round(const Workspace& workspace, const Target& target, std::span<const abi::Fingerprint> modules,
        std::span<const abi::Fingerprint> installed, LoadOrder order)
      : workspace_(workspace),
        target_(target),
        modules_(modules),
        installed_(installed),
        order_(order),
        verdicts_(modules.size()) {}

  /// Whether more are refused than before.
  bool run() {
    std::vector<abi::Fingerprint> others(installed_.begin(), installed_.end());
    std::vector<abi::Fingerprint> refused;
    for (std::size_t index = 0; index < modules_.size(); ++index)
      (is_refused(index) ? refused : others).push_back(modules_[index]);
    std::vector<abi::Fingerprint> before;
    for (std::size_t index = 0; index < modules_.size(); ++index) {
      const auto& module = modules_[index];
      verdicts_[index] =
          judge(workspace_, target_, module, {.others = others, .before = before, .refused = refused});
      if (order_ == LoadOrder::given && !is_refused(index)) before.push_back(module);
    }
    return count_refused() > refused.size();
  }

  std::vector<abi::Verdict> verdicts() && { return std::move(verdicts_); }

 private:
  bool is_refused(std::size_t index) const { return verdicts_[index].decision == abi::Decision::refused; }
  std::size_t count_refused() const {
    return static_cast<std::size_t>(std::count_if(verdicts_.begin(), verdicts_.end(), [](const auto& each) {
      return each.decision == abi::Decision::refused;
    }));
  }

  const Workspace& workspace_;
  const Target& target_;
  std::span<const abi::Fingerprint> modules_;
  std::span<const abi::Fingerprint> installed_;
  LoadOrder order_;
  std::vector<abi::Verdict> verdicts_;
};

}  // namespace

std::vector<abi::Verdict> judge_together(const Workspace& workspace, const Target& target,
                                         std::span<const abi::Fingerprint> modules,
                                         std::span<const abi::Fingerprint> installed, LoadOrder order) {
  Round round(workspace, target, modules, installed, order);
  while (round.run()) {
  }
  return std::move(round).verdicts();
}

}  // namespace kpkg::workflow
