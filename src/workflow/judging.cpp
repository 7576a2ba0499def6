// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/judging.hpp"

#include "abi/judge.hpp"
#include "workflow/root_memory.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace kpkg::workflow {
namespace {

bool names_types(const abi::Verdict& verdict) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(), [](const abi::Finding& finding) {
    return finding.id == abi::FindingId::struct_layout_differs;
  });
}

/// Judges modules for one kernel, and adds to its facts what is slow to get when a verdict first needs it:
/// what was remembered yields the same verdict as what was just learned.
class Bench {
 public:
  Bench(const Workspace& workspace, abi::KernelFacts& facts) : memory_(workspace), facts_(facts) {}

  abi::Verdict judge(const abi::Fingerprint& module, const abi::Company& company) {
    const bool is_described = module.types.table != nullptr;
    const bool has_own_btf = module.types.sections != nullptr;
    if (has_own_btf && !is_described) kernel::add_btf(facts_.btf, memory_);
    if (is_described || (has_own_btf && facts_.btf.bytes)) kernel::add_type_table(facts_, memory_);
    auto verdict = abi::judge(module, facts_, company);
    // Both BTFs explain what differs.
    const bool is_explained = facts_.btf.bytes || !names_types(verdict);
    if (is_explained || !kernel::add_btf(facts_.btf, memory_)) return verdict;
    return abi::judge(module, facts_, company);
  }

 private:
  RootMemory memory_;
  abi::KernelFacts& facts_;
};

/// One pass over all: each is judged by what is known of the rest. Owns the verdicts and who is refused.
class Round {
 public:
  Round(const Workspace& workspace, abi::KernelFacts& facts, std::span<const abi::Fingerprint> modules,
        std::span<const abi::Fingerprint> installed, LoadOrder order)
      : bench_(workspace, facts),
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
      verdicts_[index] = bench_.judge(module, {.others = others, .before = before, .refused = refused});
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

  Bench bench_;
  std::span<const abi::Fingerprint> modules_;
  std::span<const abi::Fingerprint> installed_;
  LoadOrder order_;
  std::vector<abi::Verdict> verdicts_;
};

}  // namespace

std::vector<abi::Verdict> judge_together(const Workspace& workspace, abi::KernelFacts& facts,
                                         std::span<const abi::Fingerprint> modules,
                                         std::span<const abi::Fingerprint> installed, LoadOrder order) {
  Round round(workspace, facts, modules, installed, order);
  while (round.run()) {
  }
  return std::move(round).verdicts();
}

}  // namespace kpkg::workflow
