// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/load_text.hpp"
#include "workflow/recipes.hpp"
#include "workflow/remove.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

std::string question_of(const std::vector<install::Plan>& plans) {
  std::string text;
  for (const auto& plan : plans)
    for (const auto& line : install::lines_of(plan)) text += line + "\n";
  return text + "Continue?";
}

void say_outcome(const Context& context, const workflow::RemoveOutcome& outcome) {
  for (const auto& report : outcome.unloads) {
    const bool is_news = report.outcome != install::UnloadOutcome::not_loaded &&
                         report.outcome != install::UnloadOutcome::cannot_here;
    if (is_news) context.terminal.say(fmt::format("{}: {}\n", report.module, printable(unload_text(report))));
  }
  for (const auto& plan : outcome.plans) {
    for (const auto& finding : plan.findings)
      context.workspace.observer.on({.kind = workflow::EventKind::note, .text = finding.text});
    context.terminal.say(fmt::format("{} {} for {}: {}\n", plan.recipe, plan.version, plan.kernel,
                                     context.arguments.dry_run ? "would be removed" : "removed"));
    if (context.arguments.dry_run || context.arguments.verbosity > 0)
      for (const auto& line : install::lines_of(plan)) context.terminal.say("  " + line + "\n");
  }
  for (const auto& kernel : outcome.gone_kernels)
    context.terminal.say(fmt::format("kernel {} is gone: only its records were dropped\n", kernel));
  if (outcome.plans.empty() && outcome.gone_kernels.empty() && outcome.changed)
    context.terminal.say("forgotten\n");
}

}  // namespace

Result<int> run_remove(const Context& context) {
  if (!context.workspace.host.is_root() && context.workspace.root.is_host())
    return fail(ErrorKind::permission, "only root may change this system",
                "run the command with sudo, or give --root DIR");
  auto session = KPKG_TRY(workflow::open_session(context.workspace));
  workflow::RemoveRequest request{
      .recipes = {},
      .kernels = {},
      .load = context.arguments.no_load ? workflow::Load::no : workflow::Load::yes,
      .dry_run = context.arguments.dry_run ? workflow::DryRun::yes : workflow::DryRun::no,
      .forget = workflow::Forget::yes,
      .agrees = {}};
  for (const auto& name : context.arguments.names)
    request.recipes.push_back(workflow::RecipeWish::parse(name).name_or_path);
  if (!context.arguments.kernels.empty())
    for (const auto& kernel : KPKG_TRY(kernels_of(context))) request.kernels.push_back(kernel.release);
  if (!context.arguments.yes && context.workspace.host.can_ask)
    request.agrees = [&](const std::vector<install::Plan>& plans) {
      return context.terminal.agrees(question_of(plans));
    };
  const auto outcome = KPKG_TRY(workflow::remove(context.workspace, session, request));
  if (outcome.declined) return failure_status;
  say_outcome(context, outcome);
  return context.arguments.changes_status && !outcome.changed ? nothing_to_do_status : success_status;
}

}  // namespace kpkg::cli
