// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::cli {
namespace {

using workflow::CheckupPoint;
using workflow::Health;

std::string text_of(const CheckupPoint& point) {
  auto text = fmt::format("  {}: {} ({})\n", workflow::name_of(point.subject), point.text,
                          workflow::name_of(point.health));
  for (const auto& detail : point.details) text += fmt::format("    {}\n", detail);
  if (!point.meaning.empty()) text += fmt::format("    {}\n", point.meaning);
  if (!point.remedy.empty()) text += fmt::format("    hint: {}\n", point.remedy);
  return text;
}

Json json_of(const CheckupPoint& point) {
  return {{"subject", workflow::name_of(point.subject)},
          {"kernel", point.kernel.empty() ? Json() : Json(point.kernel)},
          {"health", workflow::name_of(point.health)},
          {"text", point.text},
          {"meaning", point.meaning},
          {"remedy", point.remedy},
          {"details", point.details}};
}

std::size_t count_of(const std::vector<CheckupPoint>& points, Health health) {
  return static_cast<std::size_t>(
      std::count_if(points.begin(), points.end(), [&](const auto& point) { return point.health == health; }));
}

/// The system first, then each kernel under its own line. With -q only problems.
std::string report_of(const Context& context, const std::vector<CheckupPoint>& points) {
  const bool is_quiet = context.arguments.verbosity < 0;
  const auto& root = context.workspace.root;
  auto text =
      root.is_host() ? std::string("this system:\n") : fmt::format("the system in {}:\n", root.directory());
  std::string kernel;
  for (const auto& point : points) {
    if (is_quiet && point.health != Health::problem) continue;
    if (point.kernel != kernel) text += point.kernel + ":\n";
    kernel = point.kernel;
    text += text_of(point);
  }
  return text + fmt::format("{}, {}\n", counted(count_of(points, Health::problem), "problem"),
                            counted(count_of(points, Health::note), "note"));
}

}  // namespace

Result<int> run_doctor(const Context& context) {
  const auto& arguments = context.arguments;
  const workflow::CheckupRequest request{
      .kernels = arguments.kernels, .probe = arguments.probe ? workflow::Probe::yes : workflow::Probe::no};
  const auto points = KPKG_TRY(workflow::check_up(context.workspace, request));
  const auto problems = count_of(points, Health::problem);
  if (arguments.json) {
    Json rows = Json::array();
    for (const auto& point : points) rows.push_back(json_of(point));
    say_json(context, {{"problems", problems}, {"points", std::move(rows)}});
  } else {
    context.terminal.say(printable(report_of(context, points)));
  }
  return problems == 0 ? success_status : failure_status;
}

}  // namespace kpkg::cli
