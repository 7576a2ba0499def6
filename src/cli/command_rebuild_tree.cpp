// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/kernel_source.hpp"
#include "workflow/rebuild_tree.hpp"
#include "workflow/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::cli {
namespace {

using workflow::RebuiltTree;

constexpr std::size_t most_named = 10;

double seconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

double megabytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

Json json_of(const tree::Effort& effort) {
  return {{"seconds", seconds(effort.duration)}, {"cpu_seconds", seconds(effort.cpu)}};
}

Json json_of(const std::vector<kernel::OptionDifference>& options) {
  Json rows = Json::array();
  for (const auto& option : options)
    rows.push_back({{"option", option.key},
                    {"kernel", option.left ? Json(*option.left) : Json()},
                    {"tree", option.right ? Json(*option.right) : Json()}});
  return rows;
}

Json json_of(const tree::Point& point) {
  return {{"gate", tree::name_of(point.gate)}, {"result", tree::name_of(point.result)},
          {"compared", point.compared},        {"equal", point.equal},
          {"differing", point.differing},      {"note", point.note}};
}

Json json_of(const tree::Graft& graft) {
  return {{"origin", graft.origin},
          {"compared", graft.compared},
          {"replaced", graft.replaced},
          {"removed", graft.removed}};
}

Json json_of(const std::vector<workflow::SourceStep>& sources) {
  Json rows = Json::array();
  for (const auto& step : sources)
    rows.push_back({{"origin", workflow::name_of(step.origin)},
                    {"place", step.place},
                    {"taken", step.is_taken},
                    {"text", step.text},
                    {"hint", step.hint}});
  return rows;
}

Json json_of(const RebuiltTree& rebuilt, const std::vector<workflow::SourceStep>& sources) {
  Json steps = Json::array();
  for (const auto& step : rebuilt.steps) {
    auto row = json_of(step.effort);
    row["step"] = step.name;
    steps.push_back(std::move(row));
  }
  Json points = Json::array();
  for (const auto& point : rebuilt.proof.points) points.push_back(json_of(point));
  return {
      {"kernel", rebuilt.release},
      {"tree", rebuilt.is_published ? Json(rebuilt.output) : Json()},
      {"grade", tree::name_of(rebuilt.proof.grade)},
      {"objection", tree::objection(rebuilt.proof)},
      {"points", std::move(points)},
      {"sources", json_of(sources)},
      {"upstream_version", rebuilt.version.version},
      {"compiler", rebuilt.compiler},
      {"drift", {{"of_tools", json_of(rebuilt.drift.of_tools)}, {"others", json_of(rebuilt.drift.others)}}},
      {"files", rebuilt.size.files},
      {"bytes", rebuilt.size.bytes},
      {"packed_bytes", rebuilt.packed_size ? Json(*rebuilt.packed_size) : Json()},
      {"kernel_headers", rebuilt.graft ? json_of(*rebuilt.graft) : Json()},
      {"steps", std::move(steps)},
      {"gates", json_of(rebuilt.proof.effort)},
      {"notes", rebuilt.notes},
      {"log", rebuilt.log}};
}

std::string effort_text(const tree::Effort& effort) {
  return fmt::format("{:.1f} s of processor time", seconds(effort.cpu));
}

std::string point_text(const tree::Point& point) {
  auto text = fmt::format("  {:<10} {}", tree::name_of(point.gate), tree::name_of(point.result));
  if (point.compared > 0) text += fmt::format(", {} of {}", point.equal, point.compared);
  text += fmt::format(": {}\n", point.note);
  for (std::size_t index = 0; index < std::min(point.differing.size(), most_named); ++index)
    text += fmt::format("             {}\n", point.differing[index]);
  if (point.differing.size() > most_named)
    text += fmt::format("             and {} more\n", point.differing.size() - most_named);
  return text;
}

std::string text_of(const RebuiltTree& rebuilt) {
  auto text = fmt::format("{}: Linux {}, as {} says\n", rebuilt.release, rebuilt.version.version,
                          rebuilt.version.origin);
  for (const auto& step : rebuilt.steps) text += fmt::format("{}: {}\n", step.name, effort_text(step.effort));
  text += fmt::format("comparing with the kernel: {}\n", effort_text(rebuilt.proof.effort));
  for (const auto& option : rebuilt.drift.others)
    text += fmt::format("  configured otherwise: {}\n", kernel::told(option));
  if (rebuilt.graft)
    for (const auto& clause : workflow::told(*rebuilt.graft)) text += fmt::format("  headers: {}\n", clause);
  for (const auto& note : rebuilt.notes) text += fmt::format("  note: {}\n", note);
  text += fmt::format("grade: {}\n", tree::name_of(rebuilt.proof.grade));
  for (const auto& point : rebuilt.proof.points) text += point_text(point);
  if (rebuilt.is_published)
    text += fmt::format(
        "{}: {}, {:.1f} MB{}\n", rebuilt.output, counted(rebuilt.size.files, "file"),
        megabytes(rebuilt.size.bytes),
        rebuilt.packed_size ? fmt::format(", packed {:.1f} MB", megabytes(*rebuilt.packed_size)) : "");
  return text;
}

/// Where the source is looked for that nobody named. Owns what was brought.
struct Source {
  workflow::KernelSourceSearch search;
  std::string path;
};

/// Every place that has nothing, and what it lacks.
Error no_source(const std::string& release, const std::vector<workflow::SourceStep>& steps) {
  std::vector<std::string> reasons;
  for (const auto& step : steps) reasons.push_back(step.text);
  return {.kind = ErrorKind::not_found,
          .message = fmt::format("the source of kernel {} is nowhere{}{}", release,
                                 reasons.empty() ? "" : ": ", join(reasons, "; ")),
          .context = {},
          .hint = "name it with --source, or say in kpkg.toml(5) where it is"};
}

Result<Source> source_for(const Context& context, const workflow::Target& target) {
  const auto& arguments = context.arguments;
  Source source{.search = {}, .path = arguments.source};
  if (!source.path.empty()) return source;
  const auto downloads = arguments.offline ? workflow::Downloads::no : workflow::Downloads::yes;
  source.search =
      KPKG_TRY(workflow::obtain_kernel_source(context.workspace, target, {.downloads = downloads}));
  if (!source.search.source) return fail(no_source(target.kernel.release, source.search.steps));
  source.path = source.search.source->directory;
  return source;
}

std::string text_of(const std::vector<workflow::SourceStep>& sources) {
  std::string text;
  for (const auto& step : sources) {
    text += step.is_taken ? fmt::format("source: {}\n", step.place)
                          : fmt::format("no source: {}: {}\n", step.place, step.text);
    if (!step.hint.empty()) text += fmt::format("  hint: {}\n", step.hint);
  }
  return text;
}

}  // namespace

Result<int> run_kernel_rebuild_tree(const Context& context) {
  const auto& arguments = context.arguments;
  if (arguments.output.empty())
    return fail(ErrorKind::usage, "kernel rebuild-tree needs a place for the tree",
                "kpkg kernel rebuild-tree -k KERNEL -o DIRECTORY");
  auto targets = KPKG_TRY(targets_of(context, workflow::Headers::ignored));
  if (targets.size() != 1)
    return fail(ErrorKind::usage, fmt::format("one tree is for one kernel, not for {}", targets.size()),
                "name one kernel with -k");
  // Two at once would bring the same source, and take the directories of the other's work for abandoned.
  const auto session = KPKG_TRY(workflow::open_session(context.workspace));
  const auto source = KPKG_TRY(source_for(context, targets.front()));
  if (!arguments.json) context.terminal.say(printable(text_of(source.search.steps)));
  const auto rebuilt = KPKG_TRY(workflow::rebuild_best_tree(
      context.workspace, targets.front(),
      {.source = source.path, .output = arguments.output, .jobs = arguments.jobs}));
  if (arguments.json)
    say_json(context, json_of(rebuilt, source.search.steps));
  else
    context.terminal.say(printable(text_of(rebuilt)));
  if (rebuilt.is_published) return success_status;
  return fail(ErrorKind::incompatible, tree::objection(rebuilt.proof),
              "no tree was made: bring the source and the configuration of exactly this kernel");
}

}  // namespace kpkg::cli
