// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/header_installation.hpp"
#include "tree/attestation_json.hpp"
#include "tree/reconstruct.hpp"
#include "workflow/session.hpp"
#include "workflow/trees.hpp"

#include <fmt/format.h>

#include <optional>

namespace kpkg::cli {
namespace {

/// One point. What is good is told with -v only.
std::string text_of(const tree::Observation& observation) {
  auto text = fmt::format("    {}: {} ({})\n", tree::name_of(observation.aspect), observation.text,
                          tree::name_of(observation.weight));
  for (const auto& detail : observation.details) text += fmt::format("      {}\n", detail);
  if (!observation.meaning.empty()) text += fmt::format("      {}\n", observation.meaning);
  if (!observation.remedy.empty()) text += fmt::format("      hint: {}\n", observation.remedy);
  return text;
}

std::string text_of(const workflow::TreeStep& step, int verbosity) {
  const auto standing =
      step.attestation ? std::string(tree::name_of(step.attestation->standing)) : std::string("unusable");
  auto text = fmt::format("  {} ({}): {}{}\n", step.place, workflow::name_of(step.origin), standing,
                          step.is_taken ? "" : fmt::format(", because {}", step.text));
  for (const auto& note : step.notes) text += fmt::format("    note: {}\n", note);
  if (!step.hint.empty()) text += fmt::format("    hint: {}\n", step.hint);
  for (const auto& repair : step.repairs) text += fmt::format("    mended: {}\n", repair);
  // What is wrong with a copy was said of the tree.
  const bool is_told = !step.is_taken && step.origin == workflow::TreeOrigin::mended;
  if (!step.attestation || is_told) return text;
  for (const auto& each : step.attestation->observations)
    if (each.weight != tree::Weight::good || verbosity > 0) text += text_of(each);
  return text;
}

std::string text_of(const std::string& release, const workflow::ResolvedTree& resolved, int verbosity) {
  const auto* const taken = resolved.taken();
  auto text = taken != nullptr ? fmt::format("{}: {}\n", release, taken->place)
                               : fmt::format("{}: no tree describes this kernel\n", release);
  if (resolved.steps.empty()) text += "  its headers are not installed\n";
  for (const auto& step : resolved.steps) text += text_of(step, verbosity);
  return text;
}

Json json_of(const workflow::TreeStep& step) {
  return {{"origin", std::string(workflow::name_of(step.origin))},
          {"place", step.place},
          {"taken", step.is_taken},
          {"text", step.text},
          {"hint", step.hint},
          {"repairs", step.repairs},
          {"notes", step.notes},
          {"attestation", step.attestation ? tree::to_json(*step.attestation) : Json()}};
}

Json json_of(const std::string& release, const workflow::ResolvedTree& resolved) {
  Json steps = Json::array();
  for (const auto& step : resolved.steps) steps.push_back(json_of(step));
  return {{"release", release},
          {"tree", resolved.tree ? Json(resolved.tree->path) : Json()},
          {"steps", std::move(steps)}};
}

}  // namespace

Result<int> run_kernel_tree(const Context& context) {
  const auto& arguments = context.arguments;
  if (!arguments.source.empty() && (!arguments.make || !arguments.tree_directory.empty()))
    return fail(ErrorKind::usage, "--source makes a tree where none is named",
                "give it with --make and without --tree");
  auto headers = header_installer(context, Asking::nobody);
  const workflow::TreeRequest request{.depth = tree::Depth::modules,
                                      .make = !arguments.make     ? workflow::MakeTrees::no
                                              : arguments.offline ? workflow::MakeTrees::offline
                                                                  : workflow::MakeTrees::yes,
                                      .named = arguments.tree_directory,
                                      .source = arguments.source,
                                      .allows_unverified = arguments.allow_unverified,
                                      .jobs = arguments.jobs,
                                      .headers = &headers};
  // Two at once would make the same copy.
  std::optional<workflow::Session> session;
  if (arguments.make || tree::is_packed_name(arguments.tree_directory))
    session = KPKG_TRY(workflow::open_session(context.workspace));
  Json rows = Json::array();
  bool has_all = true;
  for (const auto& target : KPKG_TRY(targets_of(context, workflow::Headers::ignored))) {
    const auto& release = target.kernel.release;
    const auto resolved = KPKG_TRY(workflow::resolve_tree(context.workspace, target, request));
    has_all = has_all && resolved.tree.has_value();
    if (arguments.json)
      rows.push_back(json_of(release, resolved));
    else
      context.terminal.say(printable(text_of(release, resolved, arguments.verbosity)));
  }
  if (arguments.json) say_json(context, {{"trees", std::move(rows)}});
  session.reset();
  catch_up(context, headers, {});
  return has_all ? success_status : exit_status_of(ErrorKind::no_tree);
}

}  // namespace kpkg::cli
