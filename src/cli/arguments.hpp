// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::cli {

/// What a person asked for, before anything was looked up.
enum class Verb {
  install,
  remove,
  build,
  rebuild,
  status,
  list,
  show,
  check,
  inspect,
  explain,
  load,
  unload,
  why,
  log,
  verify,
  doctor,
  recipe_lint,
  kernel_list,
  kernel_show,
  kernel_diff,
  kernel_export,
  kernel_rebuild_tree,
  kernel_tree,
  hook_postinst,
  hook_prerm,
};

/// The command line as values. Flags that were not given have these defaults.
struct Arguments {
  Verb verb = Verb::status;
  std::vector<std::string> names;  ///< recipes, files or modules, in the order given
  std::string root = "/";
  std::vector<std::string> kernels;       ///< of -k; empty: the command's default
  std::vector<std::string> kernel_facts;  ///< of --kernel-facts
  std::string only_for;  ///< of --for: what a comparison or a build is for; empty: everything, this machine
  std::string tree_directory;  ///< of --tree DIRECTORY; empty: the headers that are here
  std::string output;          ///< of -o; empty: the command's default
  bool btf = false;
  bool symvers = false;
  std::string source;                       ///< of --source; empty: the recipe's own
  std::string module;                       ///< of --module; empty: none
  std::optional<std::string> command_line;  ///< of --command-line; nothing: as the machine was booted
  bool in_order = false;
  unsigned jobs = 0;  ///< 0: one for each processor
  int verbosity = 0;  ///< -1 with -q, 1 or more with -v
  bool json = false;
  bool yes = false;
  bool dry_run = false;
  bool no_load = false;
  bool force = false;
  bool tree = false;
  bool make = false;  ///< of trees: mend or make what is not good
  bool offline = false;
  bool allow_unverified = false;  ///< of trees: take what nothing proves
  bool probe = false;             ///< of trees: build a module in each to look at it
  bool upgrade = false;
  bool changes_status = false;  ///< --exit-code=changes

  bool operator==(const Arguments&) const = default;
};

/// What parse_arguments found: a command to run, or a text to print and the status to leave with.
struct Parsed {
  Arguments arguments;
  std::string text;  ///< of --help, --version or a usage error; empty: run the command
  int status = 0;    ///< of `text`
};

/// Reads the command line; `words` is without the program's name. Usage errors have status 64.
Parsed parse_arguments(std::span<const std::string> words);

/// One command as help, completion and documentation show it.
struct CommandRow {
  Verb verb;
  std::string_view words;    ///< "recipe lint"
  std::string_view names;    ///< what follows: "RECIPE ..."; empty: nothing
  std::size_t fewest;        ///< names at least
  std::size_t most;          ///< names at most
  std::string_view options;  ///< the long names of the options that it takes, separated by blanks
  std::string_view help;
};

/// Every command, in the order of the help text.
std::span<const CommandRow> commands();

/// How an option of a row is written: "-o,--output" of "tree-output".
std::string_view spelling_of(std::string_view option);

}  // namespace kpkg::cli
