// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::dkmsbuild {

/// A script that a dkms.conf names and that is run in the source of its module, with the caller's rights.
struct Script {
  std::string type;                      ///< "post_add", for what is printed
  std::string words;                     ///< its name and its arguments; empty: there is none
  std::vector<std::string> environment;  ///< "module=dahdi": beyond that of every program

  bool operator==(const Script&) const = default;
};

/// Runs the script in the directory of the source, or the administrator's in /etc/dkms/MODULE in its place,
/// and prints what DKMS prints around it. What the script prints appears as it does so. Yields its status; 0
/// if there is none, or none that can be executed.
Result<ExitStatus> run_script(const Site& site, const dkmstree::VersionId& id, const Script& script);

/// What every script of a build or of an installation is told: "module=dahdi", its version, kernel and
/// architecture. POST_ADD is told it too where a module is added because it is to be built.
/// Source: dkms 3.4.3, observed.
std::vector<std::string> names_for_scripts(const Task& task);

/// Private to dkmsbuild/: where a script is found, and how it is called: a path and the arguments.
struct ScriptPlace {
  std::string directory;
  std::string call;

  bool operator==(const ScriptPlace&) const = default;
};

/// Private to dkmsbuild/: the administrator's script of the module, if there is one that can be executed;
/// `words` as in Script.
Result<std::optional<ScriptPlace>> own_script(const system::Root& root, std::string_view module,
                                              std::string_view words);

/// Private to dkmsbuild/: whether the file can be executed.
Result<bool> is_executable(const system::Root& root, const std::string& path);

/// Private to dkmsbuild/: the first word, as DKMS takes it: up to a blank.
std::string first_word(std::string_view words);

/// Private to dkmsbuild/: prints that the script cannot be executed.
void say_not_executable(Printer& printer, std::string_view type);

}  // namespace kpkg::dkmsbuild
