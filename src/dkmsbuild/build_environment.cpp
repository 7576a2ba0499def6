// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/build_environment.hpp"

#include "base/text.hpp"
#include "dkmsbuild/script.hpp"
#include "system/process.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace kpkg::dkmsbuild {
namespace {

constexpr const char* reader = R"(source "$1" &>/dev/null; env -0)";

/// Whether bash itself sets it.
bool is_of_bash(const std::string& variable) {
  constexpr std::array<std::string_view, 4> names = {"PWD=", "SHLVL=", "_=", "OLDPWD="};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return variable.starts_with(name); });
}

}  // namespace

std::vector<std::string> script_environment(const Task& task, const Toolchain& toolchain) {
  auto environment = names_for_scripts(task);
  const auto programs = toolchain.environment();
  environment.insert(environment.end(), programs.begin(), programs.end());
  environment.insert(environment.end(), task.directives.begin(), task.directives.end());
  return environment;
}

Result<std::vector<std::string>> exported_by(const Site& site, const std::string& file,
                                             const system::Sandbox& sandbox) {
  std::vector<std::string> exported;
  const auto& root = site.workspace.root;
  const auto real = KPKG_TRY(root.real_path(file));
  if (!real) return exported;
  const auto host = KPKG_TRY(root.host_path(file));
  const system::SandboxView view{.binds = {{host, *real, system::Access::read}}};
  const system::Command command{.program = "bash",
                                .arguments = {"--norc", "--noprofile", "-c", reader, "dkms", *real},
                                .environment = system::system_environment()};
  const auto confined = KPKG_TRY(sandbox.confine(command, view));
  const auto outcome = KPKG_TRY(site.workspace.runner.run(confined));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  const auto known = system::system_environment();
  for (const auto& variable : split(outcome.output, '\0')) {
    const bool is_known = std::find(known.begin(), known.end(), variable) != known.end();
    if (!variable.empty() && !is_known && !is_of_bash(variable)) exported.push_back(variable);
  }
  return exported;
}

}  // namespace kpkg::dkmsbuild
