// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/evidence.hpp"
#include "abi/verdict_json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/check.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

std::string decision_text(abi::Decision decision) {
  switch (decision) {
    case abi::Decision::loads: return "loads";
    case abi::Decision::loads_with_taint: return "loads, and taints the kernel";
    case abi::Decision::loads_forced: return "refused by kpkg: it would load only as if it were forced";
    case abi::Decision::unknown: return "refused by kpkg: not everything could be checked";
    case abi::Decision::broken:
      return "refused by kpkg: it would load and then corrupt memory or stop the machine";
    case abi::Decision::refused: return "refused";
  }
  return "";
}

/// One line a finding, with both values; the remedy once for all findings of a kind, and the kernel's own
/// words with -v.
std::string findings_text(const std::vector<abi::Finding>& findings, int verbosity) {
  std::string text;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& finding = findings[i];
    text += fmt::format("  {}: {}\n", abi::name_of(finding.id), abi::sentence(finding));
    if (verbosity > 0 && !finding.kernel_says.empty())
      text += fmt::format("    the kernel says: {} ({})\n", finding.kernel_says, finding.errno_name);
    const bool is_last_of_kind = i + 1 == findings.size() || findings[i + 1].id != finding.id;
    if (is_last_of_kind && !finding.remedy.empty()) text += fmt::format("    remedy: {}\n", finding.remedy);
  }
  return text;
}

std::string verdict_text(const std::string& file, const abi::Verdict& verdict, int verbosity) {
  return printable(fmt::format("{} on {}: {}\n", file, verdict.release, decision_text(verdict.decision)) +
                   findings_text(verdict.findings, verbosity));
}

/// With -v, how much the verdict rests on.
std::string evidence_text(const abi::Fingerprint& module, const abi::KernelFacts& kernel, int verbosity) {
  return verbosity == 0 ? "" : printable(fmt::format("  evidence: {}\n", abi::evidence(module, kernel)));
}

}  // namespace

Result<int> run_check(const Context& context) {
  std::vector<workflow::InspectedModule> modules;
  for (const auto& file : context.arguments.names) {
    modules.push_back(KPKG_TRY(workflow::examine_file(file)));
    KPKG_TRY(workflow::add_debug_types(context.workspace, modules.back()));
  }
  const auto order = context.arguments.in_order ? workflow::LoadOrder::given : workflow::LoadOrder::any;
  Json rows = Json::array();
  bool all_load = true;
  for (auto& target : KPKG_TRY(targets_of(context, workflow::Headers::ignored))) {
    const auto& command_line = context.arguments.command_line;
    if (command_line)
      workflow::boot_with(target, *command_line);
    else
      workflow::take_as_it_runs(target);
    const auto verdicts = KPKG_TRY(workflow::check(context.workspace, target, modules, order));
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      all_load = all_load && abi::is_installable(verdicts[i].decision);
      if (!context.arguments.json)
        context.terminal.say(
            verdict_text(modules[i].file, verdicts[i], context.arguments.verbosity) +
            evidence_text(modules[i].fingerprint, target.facts, context.arguments.verbosity));
      auto row = abi::to_json(verdicts[i]);
      row["file"] = modules[i].file;
      rows.push_back(std::move(row));
    }
  }
  if (context.arguments.json) say_json(context, {{"verdicts", std::move(rows)}});
  return all_load ? success_status : incompatible_status;
}

}  // namespace kpkg::cli
