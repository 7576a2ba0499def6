// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/verdict_json.hpp"
#include "base/text.hpp"
#include "build/first_error.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/tree_json.hpp"
#include "system/clock.hpp"
#include "system/console.hpp"
#include "workflow/bundles.hpp"
#include "workflow/recipes.hpp"
#include "workflow/status.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::cli {
namespace {

using workflow::Reasons;

std::string recipe_of(const Context& context) {
  return workflow::RecipeWish::parse(context.arguments.names.front()).name_or_path;
}

/// The kernels of -k as the records name them, else every kernel that the recipe was ever built for.
Result<std::vector<std::string>> releases_of(const Context& context) {
  std::vector<std::string> releases;
  if (context.arguments.kernels.empty())
    return workflow::known_kernels(context.workspace, recipe_of(context));
  for (const auto& kernel : KPKG_TRY(kernels_of(context))) releases.push_back(kernel.release);
  return releases;
}

std::string build_text(const store::BuildRecord& build) {
  auto text =
      fmt::format("  built: {} {} on {}, in {}, sandbox {}, with {}\n", build.version,
                  store::name_of(build.outcome), system::time_text(build.started),
                  duration_text(std::chrono::milliseconds(build.duration_ms)), build.sandbox, build.compiler);
  text += fmt::format("    tree: {}\n", workflow::told(build.tree));
  if (!build.first_error.empty()) text += fmt::format("    first error: {}\n", build.first_error);
  return text + (build.log.empty() ? "" : fmt::format("    log: {}\n", build.log));
}

std::string findings_text(const store::VerdictRecord& verdict) {
  const auto findings = parse_json(verdict.findings);
  std::string text;
  if (!findings) return text;
  for (const auto& finding : *findings)
    if (finding.is_object() && finding.contains("cause"))
      text += fmt::format("    {}: {} (module: {}, kernel: {})\n", finding.value("id", ""),
                          finding.value("cause", ""), finding.value("module_value", ""),
                          finding.value("kernel_value", ""));
  return text;
}

std::string module_text(const Reasons::Module& module) {
  if (!module.verdict) return fmt::format("  {}: not judged\n", module.artifact.module);
  auto text = fmt::format(
      "  {}: judged {}{}\n", module.artifact.module, abi::name_of(module.verdict->decision),
      module.verdict->overridden_by.empty() ? "" : ", overridden by " + module.verdict->overridden_by);
  text += findings_text(*module.verdict);
  for (const auto& load : module.loads)
    text += fmt::format("    last load: {} on {}{}\n", load.outcome, system::time_text(load.when),
                        load.detail.empty() ? "" : ": " + load.detail);
  return text;
}

bool is_from_bundle(const Reasons& reasons) {
  return reasons.wish && reasons.wish->origin == workflow::bundle_origin;
}

/// The option that let a file in though nothing proves its tree; empty: none was needed.
std::string allowed_by(const Reasons& reasons) {
  const auto found = std::find_if(reasons.installed.begin(), reasons.installed.end(),
                                  [](const auto& file) { return !file.allowed_by.empty(); });
  return found == reasons.installed.end() ? std::string() : found->allowed_by;
}

std::string reasons_text(const Reasons& reasons) {
  auto text = fmt::format("{} for {}:\n", reasons.recipe, reasons.kernel);
  text += reasons.wish ? fmt::format("  wanted since {}{}\n", system::time_text(reasons.wish->since),
                                     is_from_bundle(reasons) ? ", as it came in a bundle" : "")
                       : std::string("  not wanted: it is not rebuilt for new kernels\n");
  text += reasons.build ? build_text(*reasons.build) : std::string("  never built for this kernel\n");
  for (const auto& module : reasons.modules) text += module_text(module);
  if (reasons.installed.empty()) text += "  no file of it is installed\n";
  for (const auto& file : reasons.installed)
    text += fmt::format(
        "  installed: {}{}\n", file.path,
        file.allowed_by.empty() ? "" : ", although nothing proves its tree, by " + file.allowed_by);
  return printable(text);
}

Json json_of(const Reasons& reasons) {
  Json modules = Json::array();
  for (const auto& module : reasons.modules)
    modules.push_back(
        {{"module", module.artifact.module},
         {"digest", module.artifact.digest.hex()},
         {"verdict", module.verdict ? Json(abi::name_of(module.verdict->decision)) : Json()},
         {"findings",
          module.verdict ? parse_json(module.verdict->findings).value_or(Json::array()) : Json::array()},
         {"last_load", module.loads.empty() ? Json() : Json(module.loads.front().outcome)}});
  Json files = Json::array();
  for (const auto& file : reasons.installed) files.push_back(file.path);
  Json build;
  if (reasons.build)
    build = {{"version", reasons.build->version},
             {"outcome", store::name_of(reasons.build->outcome)},
             {"started", reasons.build->started},
             {"duration_ms", reasons.build->duration_ms},
             {"compiler", reasons.build->compiler},
             {"sandbox", reasons.build->sandbox},
             {"log", reasons.build->log},
             {"first_error", reasons.build->first_error},
             {"tree", json_of_tree(reasons.build->tree)}};
  return {{"recipe", reasons.recipe},           {"kernel", reasons.kernel},
          {"wanted", reasons.wish.has_value()}, {"from_bundle", is_from_bundle(reasons)},
          {"build", std::move(build)},          {"modules", std::move(modules)},
          {"installed", std::move(files)},      {"allowed_by", allowed_by(reasons)}};
}

}  // namespace

Result<int> run_why(const Context& context) {
  Json rows = Json::array();
  for (const auto& kernel : KPKG_TRY(releases_of(context))) {
    const auto reasons = KPKG_TRY(workflow::why(context.workspace, recipe_of(context), kernel));
    if (context.arguments.json)
      rows.push_back(json_of(reasons));
    else
      context.terminal.say(reasons_text(reasons));
  }
  if (context.arguments.json) say_json(context, {{"reasons", std::move(rows)}});
  return success_status;
}

Result<int> run_log(const Context& context) {
  const auto kernel = KPKG_TRY(releases_of(context)).front();
  const auto log = KPKG_TRY(workflow::build_log(context.workspace, recipe_of(context), kernel));
  context.terminal.say(printable(fmt::format("{} {} for {}: {}\n", log.build.recipe, log.build.version,
                                             log.build.kernel, store::name_of(log.build.outcome))));
  if (const auto error = build::first_error(log.bytes);
      error && log.build.outcome != store::BuildOutcome::succeeded)
    context.terminal.say(
        printable(fmt::format("first error, in line {} of the log: {}\n", error->log_line, error->text)));
  // On a terminal control characters are shown, into a file or a pipe the bytes go as they are.
  context.terminal.say("\n" + (context.workspace.host.has_terminal ? printable(log.bytes) : log.bytes));
  return success_status;
}

}  // namespace kpkg::cli
