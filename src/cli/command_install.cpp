// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/header_installation.hpp"
#include "cli/load_text.hpp"
#include "system/file.hpp"
#include "workflow/bundles.hpp"
#include "workflow/install.hpp"
#include "workflow/rebuild.hpp"
#include "workflow/trees.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::cli {
namespace {

using workflow::InstallOutcome;
using workflow::InstallRequest;

/// The recipes that the command line names, with what they depend on, and their names.
struct Wanted {
  std::vector<workflow::LoadedRecipe> recipes;
  std::vector<std::string> named;
  workflow::SourceWish source;
};

Result<Wanted> wanted_of(const Context& context) {
  Wanted wanted;
  wanted.source.directory = context.arguments.source;
  wanted.source.upgrade = context.arguments.upgrade;
  std::vector<workflow::LoadedRecipe> named;
  for (const auto& text : context.arguments.names) {
    const auto wish = workflow::RecipeWish::parse(text);
    named.push_back(KPKG_TRY(workflow::find_recipe(context.workspace, wish)));
    wanted.named.push_back(named.back().recipe.name);
    if (wish.version) wanted.source.version = wish.version;
  }
  if (named.size() > 1 && (!wanted.source.directory.empty() || wanted.source.version))
    return fail(ErrorKind::usage, "--source and NAME@VERSION take one recipe at a time");
  wanted.recipes = KPKG_TRY(workflow::with_dependencies(context.workspace, std::move(named)));
  return wanted;
}

/// Builds write as root; say so before anything else is tried.
Status must_be_able_to_write(const Context& context) {
  if (context.workspace.host.is_root() || !context.workspace.root.is_host()) return {};
  return fail(ErrorKind::permission, "only root may change this system",
              "run the command with sudo, or give --root DIR");
}

std::string question_of(const std::vector<install::Plan>& plans) {
  std::string text;
  for (const auto& plan : plans) {
    if (install::changes_nothing(plan)) continue;
    text += fmt::format("{} {} for {}:\n", plan.recipe, plan.version, plan.kernel);
    for (const auto& line : install::lines_of(plan)) text += "  " + line + "\n";
  }
  return text + "Continue?";
}

workflow::Agreement agreement_of(const Context& context) {
  if (context.arguments.yes || !context.workspace.host.can_ask) return {};
  return [&context](const std::vector<install::Plan>& plans) {
    return context.terminal.agrees(question_of(plans));
  };
}

void say_notes(const Context& context, const workflow::PairResult& pair) {
  for (const auto& note : pair.notes)
    context.workspace.observer.on({.kind = workflow::EventKind::note,
                                   .text = fmt::format("{} for {}: {}", pair.recipe, pair.kernel, note)});
}

void say_plan(const Context& context, const install::Plan& plan) {
  for (const auto& finding : plan.findings)
    context.workspace.observer.on({.kind = workflow::EventKind::note, .text = finding.text});
  const bool is_dry = context.arguments.dry_run;
  if (install::changes_nothing(plan)) {
    context.terminal.say(
        fmt::format("{} {} for {}: installed already\n", plan.recipe, plan.version, plan.kernel));
    return;
  }
  context.terminal.say(fmt::format("{} {} for {}: {}\n", plan.recipe, plan.version, plan.kernel,
                                   is_dry ? "would be installed" : "installed"));
  if (is_dry || context.arguments.verbosity > 0)
    for (const auto& line : install::lines_of(plan)) context.terminal.say("  " + line + "\n");
}

/// A load of what kpkg itself has judged and installed.
std::string own_load_text(const install::LoadReport& report) {
  if (report.outcome == install::LoadOutcome::no_device) return load_text(report) + "; it stays installed";
  if (report.outcome == install::LoadOutcome::refused)
    return "was refused by the kernel although it was judged to load (please report this): " + report.detail;
  return load_text(report);
}

/// Prints what happened; refused and failed pairs as errors that come last.
void say_outcome(const Context& context, const InstallOutcome& outcome) {
  for (const auto& pair : outcome.pairs) {
    say_notes(context, pair);
    const bool is_news = pair.was_built || !pair.is_ready() || context.arguments.verbosity > 0;
    if (is_news) context.terminal.say(workflow::summary_of(pair) + "\n");
    if (pair.is_critical && !pair.is_ready())
      context.workspace.observer.on(
          {.kind = workflow::EventKind::warning,
           .text = fmt::format(
               "kernel {} does not have {}, which its recipe calls critical: do not start it unprepared",
               pair.kernel, pair.recipe)});
  }
  if (outcome.declined) return;
  for (const auto& plan : outcome.plans) say_plan(context, plan);
  for (const auto& load : outcome.loads)
    context.terminal.say(fmt::format("{}: {}\n", load.report.module, printable(own_load_text(load.report))));
  for (const auto& error : outcome.errors) context.terminal.show(error);
}

int status_of(const Context& context, const InstallOutcome& outcome) {
  if (outcome.declined) return failure_status;
  if (const auto kind = outcome.failure()) return exit_status_of(*kind);
  const bool did_something = outcome.changed || std::any_of(outcome.pairs.begin(), outcome.pairs.end(),
                                                            [](const auto& pair) { return pair.was_built; });
  return context.arguments.changes_status && !did_something ? nothing_to_do_status : success_status;
}

workflow::MakeTrees make_trees(const Arguments& arguments) {
  if (arguments.dry_run) return workflow::MakeTrees::no;
  return arguments.offline ? workflow::MakeTrees::offline : workflow::MakeTrees::yes;
}

/// Without an installer no headers are installed.
InstallRequest request_of(const Context& context, std::vector<workflow::LoadedRecipe> recipes,
                          const std::vector<workflow::Target>& targets, workflow::HeaderInstaller* headers) {
  const auto& arguments = context.arguments;
  return {.make = {.recipes = std::move(recipes),
                   .targets = targets,
                   .source = {},
                   .named = {},
                   .jobs = arguments.jobs,
                   .trees = {.make = make_trees(arguments),
                             .named = arguments.tree_directory,
                             .allows_unverified = arguments.allow_unverified,
                             .jobs = arguments.jobs,
                             .headers = headers}},
          .force = arguments.force ? workflow::Force::yes : workflow::Force::no,
          .load = arguments.no_load ? workflow::Load::no : workflow::Load::yes,
          .dry_run = arguments.dry_run ? workflow::DryRun::yes : workflow::DryRun::no,
          .agrees = agreement_of(context)};
}

Finished finished_by(const std::vector<workflow::LoadedRecipe>& recipes,
                     const std::vector<workflow::Target>& targets) {
  Finished finished;
  for (const auto& recipe : recipes) finished.recipes.push_back(recipe.recipe.name);
  for (const auto& target : targets) finished.kernels.push_back(target.kernel.release);
  return finished;
}

/// Carries the request out, and gives the lock up with the session.
Result<int> installed(const Context& context, const InstallRequest& request, workflow::Session session) {
  const auto outcome = KPKG_TRY(workflow::install(context.workspace, session, request));
  say_outcome(context, outcome);
  return status_of(context, outcome);
}

bool is_bundle(const std::string& name) {
  return name.ends_with(workflow::bundle_extension);
}

Status must_be_one_bundle(const Arguments& arguments) {
  if (arguments.names.size() > 1)
    return fail(ErrorKind::usage, "a bundle is installed by itself", "name one file that ends in .kpkg");
  if (!arguments.source.empty() || arguments.upgrade || !arguments.tree_directory.empty())
    return fail(ErrorKind::usage,
                "--source, --upgrade and --tree are for building; a bundle is built already",
                "leave them away");
  return {};
}

/// What another machine built: from its records on it goes the way of all that is installed.
Result<int> install_bundle(const Context& context) {
  KPKG_TRY(must_be_one_bundle(context.arguments));
  const auto& file = context.arguments.names.front();
  const auto bundle = KPKG_TRY(workflow::open_bundle(file));
  if (!context.arguments.allow_unverified) KPKG_TRY(workflow::must_be_allowed(bundle));
  auto recipes = KPKG_TRY(workflow::recipes_of_bundle(bundle).within("reading " + file));
  std::vector<workflow::Target> targets;
  targets.push_back(
      KPKG_TRY(workflow::target_of_bundle(context.workspace, bundle, context.arguments.kernels)));
  auto session = KPKG_TRY(workflow::open_session(context.workspace));
  KPKG_TRY(workflow::take_bundle(context.workspace, session, bundle, targets.front(), file));
  const auto request = request_of(context, std::move(recipes), targets, nullptr);
  const auto outcome = KPKG_TRY(workflow::install(context.workspace, session, request));
  say_outcome(context, outcome);
  return status_of(context, outcome);
}

/// A build for a kernel that is elsewhere names that kernel and the file that goes there, and no other
/// kernel.
Status must_be_for_elsewhere(const Arguments& arguments) {
  if (!arguments.kernels.empty())
    return fail(ErrorKind::usage, "--kernel and --for exclude each other", "leave one of them away");
  if (arguments.offline || arguments.allow_unverified)
    return fail(ErrorKind::usage, "no headers are made in a build for another machine",
                "leave --offline and --allow-unverified away; name headers with --tree");
  if (is_bundle(arguments.output)) return {};
  return fail(ErrorKind::usage, "a build for another machine needs a file that ends in .kpkg",
              "kpkg build RECIPE --for FACTS -o FILE.kpkg");
}

Result<InstallOutcome> built(const Context& context, workflow::Session& session, const Wanted& wanted,
                             const std::vector<workflow::Target>& targets) {
  auto request = request_of(context, wanted.recipes, targets, nullptr).make;
  request.source = wanted.source;
  request.named = wanted.named;
  InstallOutcome outcome;
  outcome.pairs = KPKG_TRY(workflow::make_pairs(context.workspace, session, request));
  for (const auto& pair : outcome.pairs) {
    say_notes(context, pair);
    context.terminal.say(workflow::summary_of(pair) + "\n");
  }
  return outcome;
}

Result<int> build_bundle(const Context& context) {
  const auto& arguments = context.arguments;
  KPKG_TRY(must_be_for_elsewhere(arguments));
  const auto wanted = KPKG_TRY(wanted_of(context));
  std::vector<workflow::Target> targets;
  targets.push_back(KPKG_TRY(workflow::read_target(arguments.only_for)));
  auto& target = targets.front();
  auto session = KPKG_TRY(workflow::open_session(context.workspace));
  KPKG_TRY(workflow::add_tree(context.workspace, target, arguments.tree_directory));
  const auto outcome = KPKG_TRY(built(context, session, wanted, targets));
  if (outcome.failure()) return status_of(context, outcome);
  const auto bytes =
      KPKG_TRY(workflow::packed(context.workspace, session, target, wanted.recipes, outcome.pairs));
  KPKG_TRY(system::write_file(arguments.output, bytes));
  context.terminal.say(printable(
      fmt::format("{}: for kernel {}, {} bytes\n", arguments.output, target.kernel.release, bytes.size())));
  return status_of(context, outcome);
}

}  // namespace

Result<int> run_install(const Context& context) {
  KPKG_TRY(must_be_able_to_write(context));
  const auto& names = context.arguments.names;
  if (std::any_of(names.begin(), names.end(), is_bundle)) return install_bundle(context);
  auto wanted = KPKG_TRY(wanted_of(context));
  const auto targets = KPKG_TRY(targets_of(context, workflow::Headers::read));
  auto headers = header_installer(context, Asking::terminal);
  const auto finished = finished_by(wanted.recipes, targets);
  auto request = request_of(context, std::move(wanted.recipes), targets, &headers);
  request.make.source = wanted.source;
  request.make.named = wanted.named;
  auto session = KPKG_TRY(workflow::open_session(context.workspace));
  const int status = KPKG_TRY(installed(context, request, std::move(session)));
  catch_up(context, headers, finished);
  return status;
}

Result<int> run_build(const Context& context) {
  KPKG_TRY(must_be_able_to_write(context));
  const auto& arguments = context.arguments;
  if (!arguments.only_for.empty()) return build_bundle(context);
  if (!arguments.output.empty())
    return fail(ErrorKind::usage, "--output is for a build for another machine",
                "name its kernel with --for FACTS, or leave it away");
  const auto wanted = KPKG_TRY(wanted_of(context));
  const auto targets = KPKG_TRY(targets_of(context, workflow::Headers::read));
  auto session = KPKG_TRY(workflow::open_session(context.workspace));
  return status_of(context, KPKG_TRY(built(context, session, wanted, targets)));
}

Result<int> run_rebuild(const Context& context) {
  KPKG_TRY(must_be_able_to_write(context));
  auto session = KPKG_TRY(workflow::open_session(context.workspace));
  auto wanted = KPKG_TRY(workflow::wanted_recipes(context.workspace, session.store, context.arguments.names));
  for (const auto& lost : wanted.lost) context.terminal.show(lost.error);
  if (wanted.recipes.empty()) {
    if (wanted.lost.empty()) context.terminal.say("no recipe is installed: nothing to rebuild\n");
    const int idle = context.arguments.changes_status ? nothing_to_do_status : success_status;
    return wanted.lost.empty() ? idle : failure_status;
  }
  const auto targets = KPKG_TRY(targets_of(context, workflow::Headers::read));
  auto headers = header_installer(context, Asking::terminal);
  const auto finished = finished_by(wanted.recipes, targets);
  const auto request = request_of(context, std::move(wanted.recipes), targets, &headers);
  const int status = KPKG_TRY(installed(context, request, std::move(session)));
  catch_up(context, headers, finished);
  return status == success_status && !wanted.lost.empty() ? failure_status : status;
}

}  // namespace kpkg::cli
