// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/explain.hpp"

#include "base/text.hpp"
#include "system/kernel_log.hpp"
#include "workflow/check.hpp"

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// A log may name many modules; each that is judged is read as a whole.
constexpr std::size_t most_modules = 16;

bool is_finding_of(const abi::Finding& finding, const abi::Explanation& explanation) {
  const auto& names = explanation.findings;
  const bool is_named = std::find(names.begin(), names.end(), abi::name_of(finding.id)) != names.end();
  return is_named && (explanation.found.symbol.empty() || finding.symbol.empty() ||
                      explanation.found.symbol == finding.symbol);
}

/// The installed modules that the text names and that the judge may have an answer for.
std::vector<InspectedModule> modules_named(const Workspace& workspace, const kernel::Kernel& kernel,
                                           const abi::Explained& explained) {
  std::vector<std::string> names;
  std::vector<InspectedModule> modules;
  for (const auto& explanation : explained.explanations) {
    const auto key = module_key(explanation.found.module);
    if (key.empty() || explanation.findings.empty() || names.size() == most_modules) continue;
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    names.push_back(key);
    if (auto module = inspect_installed(workspace, kernel, key)) modules.push_back(*std::move(module));
  }
  return modules;
}

bool has_question(const abi::Explained& explained) {
  return std::any_of(explained.explanations.begin(), explained.explanations.end(), [](const auto& each) {
    return !each.findings.empty() && !(each.found.symbol.empty() && each.found.module.empty());
  });
}

/// Puts to each message who exports its symbol.
void find_symbols(const Target& target, ExplainOutcome& outcome) {
  for (auto& message : outcome.messages) {
    const auto& symbol = message.explanation.found.symbol;
    if (symbol.empty()) continue;
    message.release = target.kernel.release;
    if (target.facts.symbols) message.exported = target.facts.symbols->table.find(symbol);
  }
}

void add_verdict(const std::string& file, const abi::Verdict& verdict, ExplainedMessage& message) {
  const auto& explanation = message.explanation;
  const auto& name = explanation.found.module;
  const bool is_about_it = name.empty() || module_key(name) == module_key(verdict.module);
  if (!is_about_it || explanation.findings.empty()) return;
  message.file = file;
  message.release = verdict.release;
  message.decision = verdict.decision;
  std::copy_if(verdict.findings.begin(), verdict.findings.end(), std::back_inserter(message.findings),
               [&](const auto& finding) { return is_finding_of(finding, explanation); });
}

/// Puts to each message what the kernel and the judge know of it.
Status judge(const Workspace& workspace, const kernel::Kernel& kernel,
             const std::vector<InspectedModule>& modules, ExplainOutcome& outcome) {
  auto target = KPKG_TRY(learn_target(workspace, kernel, Headers::ignored));
  find_symbols(target, outcome);
  const auto verdicts = KPKG_TRY(check(workspace, target, modules, LoadOrder::any));
  for (std::size_t i = 0; i < modules.size(); ++i) {
    outcome.judged.push_back({modules[i].file, verdicts[i]});
    for (auto& message : outcome.messages) add_verdict(modules[i].file, verdicts[i], message);
  }
  return {};
}

/// Without a module or a kernel that was named, the judge is a help and no duty.
Status judge_what_is_there(const Workspace& workspace, const abi::Explained& explained,
                           const std::vector<std::string>& kernels, ExplainOutcome& outcome) {
  const auto selection = select_kernels(workspace, kernels);
  if (!selection) return kernels.empty() ? Status() : fail(selection.error());
  if (!has_question(explained)) return {};
  const auto& kernel = selection->kernels.front();
  const auto judged = judge(workspace, kernel, modules_named(workspace, kernel, explained), outcome);
  if (!judged)
    workspace.observer.on(
        {.kind = EventKind::note, .text = "no module was judged: " + judged.error().text()});
  return {};
}

}  // namespace

Result<ExplainOutcome> explain(const Workspace& workspace, const ExplainRequest& request) {
  auto explained = abi::explain(request.text);
  ExplainOutcome outcome;
  for (const auto& explanation : explained.explanations)
    outcome.messages.push_back({.explanation = explanation});
  outcome.unknown = std::move(explained.unknown);
  if (request.module_file.empty()) {
    KPKG_TRY(judge_what_is_there(workspace, explained, request.kernels, outcome));
    return outcome;
  }
  std::vector<InspectedModule> modules;
  modules.push_back(KPKG_TRY(examine_file(request.module_file)));
  const auto selection = KPKG_TRY(select_kernels(workspace, request.kernels));
  KPKG_TRY(judge(workspace, selection.kernels.front(), modules, outcome));
  return outcome;
}

Result<std::string> kernel_log(const Workspace& workspace) {
  if (!workspace.root.is_host())
    return fail(ErrorKind::usage, "a root that is not this system has no kernel log",
                "give kpkg the lines: kpkg explain TEXT, or kpkg explain - <FILE");
  const auto log = KPKG_TRY(system::KernelLog::open(system::KernelLog::From::oldest));
  return join(KPKG_TRY(log.read()), "\n");
}

}  // namespace kpkg::workflow
