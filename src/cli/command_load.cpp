// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/explanation_text.hpp"
#include "cli/load_text.hpp"
#include "workflow/load.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::cli {
namespace {

using install::LoadOutcome;
using install::UnloadOutcome;

/// What the kernel said: what is explained with its explanation, the rest as it is. Harmless words only with
/// -v.
std::string words_text(const workflow::KernelWords& words, int verbosity) {
  std::string text;
  if (words.error) text += fmt::format("  what the kernel said is not known: {}\n", words.error->text());
  for (const auto& line : words.explained.unknown) text += fmt::format("  the log says: {}\n", line);
  for (const auto& message : words.explained.messages) {
    const auto severity = message.explanation.severity;
    const bool is_harmless = severity == abi::Severity::note || severity == abi::Severity::taint;
    if (!is_harmless || verbosity > 0) text += explanation_text(message);
  }
  return text;
}

std::string errno_in_brackets(const std::string& name) {
  return name.empty() ? std::string() : fmt::format(" ({})", name);
}

std::string story_text(const workflow::LoadStory& story, int verbosity) {
  const auto& report = story.report;
  std::string text;
  if (verbosity > 0)
    for (const auto& step : report.steps) text += fmt::format("  {}\n", step);
  const bool is_built_in = report.outcome == LoadOutcome::already_loaded_same && !report.detail.empty();
  text += fmt::format("{}: {}{}{}\n", report.module, load_text(report),
                      is_built_in ? ": " + report.detail : "", errno_in_brackets(report.errno_name));
  return text + words_text(story.words, verbosity);
}

Json json_of(const workflow::KernelWords& words) {
  Json messages = Json::array();
  for (const auto& message : words.explained.messages) messages.push_back(explanation_json(message));
  return {{"log", words.lines},
          {"log_problem", words.error ? Json(words.error->text()) : Json()},
          {"messages", std::move(messages)}};
}

Json json_of(const workflow::LoadStory& story) {
  const auto& report = story.report;
  return {{"module", report.module},   {"outcome", install::name_of(report.outcome)},
          {"detail", report.detail},   {"errno", report.errno_name},
          {"holders", report.holders}, {"steps", report.steps},
          {"culprit", report.culprit}, {"words", json_of(story.words)}};
}

int status_of(LoadOutcome outcome) {
  switch (outcome) {
    case LoadOutcome::loaded: return success_status;
    case LoadOutcome::already_loaded_same: return success_status;
    case LoadOutcome::refused: return incompatible_status;
    case LoadOutcome::older_loaded:
    case LoadOutcome::no_device:
    case LoadOutcome::init_failed:
    case LoadOutcome::cannot_here: return failure_status;
  }
  return failure_status;
}

std::string unloaded_text(const install::UnloadReport& report) {
  auto text =
      fmt::format("{}: {}{}\n", report.module, unload_text(report), errno_in_brackets(report.errno_name));
  if (report.outcome == UnloadOutcome::in_use && report.holders.empty())
    text += fmt::format(
        "  {}, by programs, devices or mounts: end them first (lsof, fuser, findmnt); the kernel does not "
        "say which\n",
        report.detail);
  if (report.outcome == UnloadOutcome::in_use && !report.holders.empty())
    text += fmt::format("  unload them first: kpkg unload {} {}\n", join(report.holders, " "), report.module);
  return text;
}

bool has_gone(UnloadOutcome outcome) {
  return outcome == UnloadOutcome::unloaded || outcome == UnloadOutcome::not_loaded;
}

/// What to leave with when all went well.
int calm_status(const Context& context, bool changed) {
  return context.arguments.changes_status && !changed ? nothing_to_do_status : success_status;
}

}  // namespace

Result<int> run_load(const Context& context) {
  const auto stories = KPKG_TRY(workflow::load_modules(context.workspace, context.arguments.names));
  Json rows = Json::array();
  int worst = success_status;
  bool changed = false;
  for (const auto& story : stories) {
    worst = std::max(worst, status_of(story.report.outcome));
    changed = changed || story.report.outcome == LoadOutcome::loaded;
    if (!context.arguments.json)
      context.terminal.say(printable(story_text(story, context.arguments.verbosity)));
    rows.push_back(json_of(story));
  }
  if (context.arguments.json) say_json(context, {{"loads", std::move(rows)}});
  return worst == success_status ? calm_status(context, changed) : worst;
}

Result<int> run_unload(const Context& context) {
  const auto story = KPKG_TRY(workflow::unload_modules(context.workspace, context.arguments.names));
  Json rows = Json::array();
  std::string text;
  for (const auto& report : story.reports) {
    text += unloaded_text(report);
    rows.push_back({{"module", report.module},
                    {"outcome", install::name_of(report.outcome)},
                    {"detail", report.detail},
                    {"errno", report.errno_name},
                    {"holders", report.holders}});
  }
  if (context.arguments.json)
    say_json(context, {{"unloads", std::move(rows)}, {"words", json_of(story.words)}});
  else
    context.terminal.say(printable(text + words_text(story.words, context.arguments.verbosity)));
  const auto& reports = story.reports;
  const bool all_gone =
      std::all_of(reports.begin(), reports.end(), [](const auto& each) { return has_gone(each.outcome); });
  const bool changed = std::any_of(reports.begin(), reports.end(),
                                   [](const auto& each) { return each.outcome == UnloadOutcome::unloaded; });
  return all_gone ? calm_status(context, changed) : failure_status;
}

}  // namespace kpkg::cli
