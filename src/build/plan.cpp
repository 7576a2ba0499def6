// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/plan.hpp"

#include "base/text.hpp"
#include "system/clock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::build {
namespace {

using Values = std::map<std::string, std::string>;
using Words = std::vector<std::string>;

Values placeholders(const BuildRequest& request, const PlanInputs& inputs) {
  Values values = {{"tree", inputs.tree},
                   {"release", request.release},
                   {"arch", request.arch},
                   {"jobs", std::to_string(inputs.jobs)},
                   {"source", inputs.source}};
  for (const auto& [name, file] : inputs.symvers) values["symvers." + name] = file;
  return values;
}

/// `word` with every ${NAME} replaced; a "$" before anything else stands for itself.
Result<std::string> substituted(const std::string& word, const Values& values) {
  std::string result;
  std::size_t begin = 0;
  while (true) {
    const auto open = word.find("${", begin);
    const auto close = open == std::string::npos ? open : word.find('}', open);
    if (close == std::string::npos) return result + word.substr(begin);
    const auto name = word.substr(open + 2, close - open - 2);
    const auto value = values.find(name);
    if (value == values.end()) {
      const bool is_chain = name.starts_with("symvers.");
      return fail(ErrorKind::invalid, fmt::format("nothing is known as ${{{}}} in a build step", name),
                  is_chain ? "name that recipe in `depends`"
                           : "use ${tree}, ${release}, ${arch}, ${jobs}, ${source} or ${symvers.NAME}");
    }
    result += word.substr(begin, open - begin) + value->second;
    begin = close + 1;
  }
}

std::string extra_symbols(const PlanInputs& inputs) {
  Words files;
  for (const auto& entry : inputs.symvers) files.push_back(entry.second);
  return join(files, " ");
}

/// Fixed, so that the same recipe, source, kernel and compiler give the same bytes.
Values base_environment(const BuildRequest& request, const PlanInputs& inputs) {
  Values values;
  for (const auto& variable : system::system_environment()) {
    const auto equals = variable.find('=');
    values[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  values["HOME"] = inputs.temporary;
  values["TMPDIR"] = inputs.temporary;
  values["SOURCE_DATE_EPOCH"] = std::to_string(request.source_date);
  values["KBUILD_BUILD_TIMESTAMP"] = system::time_text(request.source_date);
  values["KBUILD_BUILD_USER"] = "kpkg";
  values["KBUILD_BUILD_HOST"] = "kpkg";
  // Nothing but ARCH tells kbuild that a module is for User-mode Linux.
  if (!request.cross_prefix.empty() || request.arch == "um") values["ARCH"] = request.arch;
  if (!request.cross_prefix.empty()) values["CROSS_COMPILE"] = request.cross_prefix;
  if (!inputs.symvers.empty()) values["KBUILD_EXTRA_SYMBOLS"] = extra_symbols(inputs);
  values["MAKEFLAGS"] = inputs.job_flags;
  return values;
}

Words as_environment(const Values& values) {
  Words environment;
  for (const auto& [name, value] : values) environment.push_back(fmt::format("{}={}", name, value));
  return environment;
}

std::string build_directory(const BuildRequest& request, const PlanInputs& inputs) {
  const bool is_top = request.build.directory.empty() || request.build.directory == ".";
  return is_top ? inputs.source : inputs.source + "/" + request.build.directory;
}

system::Command kbuild(const BuildRequest& request, const PlanInputs& inputs) {
  Words arguments = {"-C", inputs.tree, "M=" + build_directory(request, inputs)};
  arguments.insert(arguments.end(), inputs.make_variables.begin(), inputs.make_variables.end());
  arguments.emplace_back("modules");
  return {.program = "make", .arguments = std::move(arguments)};
}

Result<Words> substituted(const Words& step, const Values& values) {
  Words result;
  for (const auto& word : step) result.push_back(KPKG_TRY(substituted(word, values)));
  return result;
}

Result<Values> environment_of(const BuildRequest& request, const PlanInputs& inputs, const Values& values) {
  auto environment = base_environment(request, inputs);
  if (!request.build.steps.empty()) {
    environment["KVERSION"] = request.release;
    environment["KERNELDIR"] = inputs.tree;
    environment["KDIR"] = inputs.tree;
    // Definitions after "--" reach every make of the step as if they stood on its command line.
    if (!inputs.make_variables.empty()) environment["MAKEFLAGS"] += " -- " + join(inputs.make_variables, " ");
  }
  for (const auto& [name, text] : request.build.environment)
    if (name != "MAKEFLAGS") environment[name] = KPKG_TRY(substituted(text, values));
  return environment;
}

}  // namespace

Result<std::vector<system::Command>> plan_build(const BuildRequest& request, const PlanInputs& inputs) {
  const auto values = placeholders(request, inputs);
  const auto environment = as_environment(KPKG_TRY(environment_of(request, inputs, values)));
  std::vector<system::Command> commands;
  if (request.build.steps.empty()) commands.push_back(kbuild(request, inputs));
  for (const auto& step : request.build.steps) {
    auto all = KPKG_TRY(substituted(step, values));
    if (all.empty()) return fail(ErrorKind::invalid, "a build step is empty");
    commands.push_back({.program = all.front(), .arguments = Words(all.begin() + 1, all.end())});
  }
  for (auto& command : commands) {
    command.environment = environment;
    command.directory = build_directory(request, inputs);
    command.passed_descriptors = inputs.job_descriptors;
    command.cost = system::Cost::work;
  }
  return commands;
}

}  // namespace kpkg::build
