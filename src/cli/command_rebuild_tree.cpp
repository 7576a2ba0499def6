// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/rebuild_tree.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

using workflow::RebuiltTree;

constexpr std::size_t most_named = 10;

double seconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1e6;
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

Json json_of(const RebuiltTree& rebuilt) {
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
      {"upstream_version", rebuilt.version.version},
      {"compiler", rebuilt.compiler},
      {"drift", {{"of_tools", json_of(rebuilt.drift.of_tools)}, {"others", json_of(rebuilt.drift.others)}}},
      {"files", rebuilt.size.files},
      {"bytes", rebuilt.size.bytes},
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
  for (const auto& note : rebuilt.notes) text += fmt::format("  note: {}\n", note);
  text += fmt::format("grade: {}\n", tree::name_of(rebuilt.proof.grade));
  for (const auto& point : rebuilt.proof.points) text += point_text(point);
  if (rebuilt.is_published)
    text += fmt::format("{}: {}, {:.1f} MB\n", rebuilt.output, counted(rebuilt.size.files, "file"),
                        static_cast<double>(rebuilt.size.bytes) / 1e6);
  return text;
}

}  // namespace

Result<int> run_kernel_rebuild_tree(const Context& context) {
  const auto& arguments = context.arguments;
  if (arguments.source.empty() || arguments.output.empty())
    return fail(ErrorKind::usage, "kernel rebuild-tree needs a source and a place for the tree",
                "kpkg kernel rebuild-tree -k KERNEL --source DIRECTORY -o DIRECTORY");
  auto targets = KPKG_TRY(targets_of(context, workflow::Headers::ignored));
  if (targets.size() != 1)
    return fail(ErrorKind::usage, fmt::format("one tree is for one kernel, not for {}", targets.size()),
                "name one kernel with -k");
  const auto rebuilt = KPKG_TRY(workflow::rebuild_tree(
      context.workspace, targets.front(),
      {.source = arguments.source, .output = arguments.output, .jobs = arguments.jobs}));
  if (arguments.json)
    say_json(context, json_of(rebuilt));
  else
    context.terminal.say(printable(text_of(rebuilt)));
  if (rebuilt.is_published) return success_status;
  return fail(ErrorKind::incompatible, tree::objection(rebuilt.proof),
              "no tree was made: bring the source and the configuration of exactly this kernel");
}

}  // namespace kpkg::cli
