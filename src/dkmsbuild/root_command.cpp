// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/root_command.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// What DKMS takes out of its environment when it starts. Source: dkms 3.4.3.
constexpr std::array<std::string_view, 5> misleading = {"CC=", "CXX=", "CFLAGS=", "CXXFLAGS=", "LDFLAGS="};

}  // namespace

std::vector<std::string> caller_environment(const Site& site) {
  if (site.framework_request.environment.empty()) return system::system_environment();
  std::vector<std::string> environment;
  for (const auto& variable : site.framework_request.environment) {
    const auto starts = [&](std::string_view name) { return variable.starts_with(name); };
    if (std::none_of(misleading.begin(), misleading.end(), starts)) environment.push_back(variable);
  }
  return environment;
}

system::Command in_root(const system::Root& root, system::Command command) {
  if (root.is_host()) return command;
  // chroot(8) itself starts in "/": a shell goes to the directory inside.
  std::vector<std::string> words = {root.directory(),           "/bin/sh",         "-c",
                                    "cd \"$0\" && exec \"$@\"", command.directory, command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  command.program = "chroot";
  command.arguments = std::move(words);
  command.directory = "/";
  return command;
}

system::Command caller_command(const Site& site, std::string text, const std::vector<std::string>& more) {
  system::Command command{.program = "bash",
                          .arguments = {"--norc", "--noprofile", "-c", std::move(text)},
                          .environment = caller_environment(site),
                          .directory = "/",
                          .cost = system::Cost::work};
  command.environment.emplace_back("KPKG_LOCK=held");
  command.environment.insert(command.environment.end(), more.begin(), more.end());
  return command;
}

}  // namespace kpkg::dkmsbuild
