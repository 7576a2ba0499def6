// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/tree_json.hpp"
#include "workflow/recipes.hpp"
#include "workflow/status.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::cli {
namespace {

std::string_view state_of(const workflow::StatusLine& status) {
  if (status.line.installed_modules > 0) return "installed";
  if (!status.line.outcome) return "wanted";
  return *status.line.outcome == store::BuildOutcome::succeeded ? "built" : "failed";
}

Json json_of(const workflow::StatusLine& status) {
  const auto& line = status.line;
  return {{"recipe", line.recipe},
          {"version", line.version},
          {"kernel", line.kernel},
          {"state", state_of(status)},
          {"wanted", line.is_wanted},
          {"modules", line.installed_modules},
          {"build", line.outcome ? Json(store::name_of(*line.outcome)) : Json()},
          {"built", line.built == 0 ? Json() : Json(line.built)},
          {"verdict", line.decision ? Json(abi::name_of(*line.decision)) : Json()},
          {"overridden_by", line.overridden_by},
          {"last_load", line.last_load},
          {"tree", line.build == 0 ? Json() : json_of_tree(line.tree)},
          {"allowed_by", line.allowed_by},
          {"attention", status.attention}};
}

std::string row_of(const workflow::StatusLine& status, int verbosity) {
  const auto kernel = status.line.kernel.empty() ? std::string("(no kernel yet)") : status.line.kernel;
  const auto attention = status.attention.empty() ? std::string() : ": " + status.attention;
  auto row = fmt::format("{} {} for {}: {}{}\n", status.line.recipe, status.line.version, kernel,
                         state_of(status), attention);
  if (verbosity > 0 && status.line.build != 0)
    row += fmt::format("  tree: {}\n", workflow::told(status.line.tree));
  return printable(row);
}

std::vector<std::string> bare_names(const std::vector<std::string>& names) {
  std::vector<std::string> bare;
  for (const auto& name : names) bare.push_back(workflow::RecipeWish::parse(name).name_or_path);
  return bare;
}

/// Names are compared with the records only: a kernel that is gone can still be asked about.
std::vector<std::string> releases_of(const Context& context) {
  auto releases = context.arguments.kernels;
  for (auto& release : releases)
    if (release == "running") release = context.workspace.host.release;
  if (std::find(releases.begin(), releases.end(), "all") != releases.end()) releases.clear();
  return releases;
}

}  // namespace

Result<int> run_status(const Context& context) {
  const auto report = KPKG_TRY(
      workflow::status(context.workspace, bare_names(context.arguments.names), releases_of(context)));
  if (context.arguments.json) {
    Json rows = Json::array();
    for (const auto& status : report) rows.push_back(json_of(status));
    say_json(context, {{"status", std::move(rows)}});
    return success_status;
  }
  std::string text;
  for (const auto& status : report) text += row_of(status, context.arguments.verbosity);
  context.terminal.say(text.empty() ? "nothing is installed\n" : text);
  return success_status;
}

Result<int> run_verify(const Context& context) {
  const auto outcome = KPKG_TRY(workflow::verify(context.workspace, bare_names(context.arguments.names)));
  if (context.arguments.json) {
    Json findings = Json::array();
    for (const auto& finding : outcome.findings)
      findings.push_back(
          {{"recipe", finding.file.recipe},
           {"kernel", finding.file.kernel},
           {"path", finding.file.path},
           {"finding", finding.kind == workflow::VerifyFinding::Kind::missing ? "missing" : "changed"}});
    say_json(context, {{"files", outcome.files}, {"findings", std::move(findings)}});
  } else {
    for (const auto& finding : outcome.findings)
      context.terminal.say(fmt::format("{} for {}: {}\n", finding.file.recipe,
                                       finding.file.kernel.empty() ? "every kernel" : finding.file.kernel,
                                       printable(finding.text)));
    context.terminal.say(fmt::format("{} verified, {} not as recorded\n", counted(outcome.files, "file"),
                                     outcome.findings.size()));
  }
  return outcome.findings.empty() ? success_status : failure_status;
}

}  // namespace kpkg::cli
