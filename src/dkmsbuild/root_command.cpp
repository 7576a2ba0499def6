// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/root_command.hpp"

#include <utility>

namespace kpkg::dkmsbuild {

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

system::Command bash_command(std::string text, std::string directory, const std::vector<std::string>& more) {
  system::Command command{.program = "bash",
                          .arguments = {"--norc", "--noprofile", "-c", std::move(text)},
                          .environment = system::system_environment(),
                          .directory = std::move(directory),
                          .cost = system::Cost::work};
  command.environment.insert(command.environment.end(), more.begin(), more.end());
  return command;
}

}  // namespace kpkg::dkmsbuild
