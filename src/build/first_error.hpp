// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::build {

/// What kind of thing went wrong first in a build.
enum class BuildErrorKind {
  compile,              ///< the compiler does not accept the source
  missing_header,       ///< a file to include is not there
  missing_rule,         ///< make knows no way to make a file
  undefined_symbol,     ///< modpost: no module and no kernel exports it
  tree_not_configured,  ///< the kernel tree lacks its generated files
  missing_symvers,      ///< the kernel tree lacks Module.symvers
  foreign_tools,        ///< the tree's own programs are for another processor
  missing_program,      ///< a program that the build runs is not installed
  no_space,             ///< the disk is full
  out_of_memory,        ///< the kernel killed the compiler
  wrong_kernel,         ///< the build looked for the running kernel's tree, not for the given one
  no_network,           ///< the build tried to download something
  other,                ///< make stopped, and nothing before it says why
};

/// The kind's stable name in JSON and in the store, for example "missing_header".
std::string_view name_of(BuildErrorKind kind);

/// The first real error of a build, as a person wants to read it.
struct BuildError {
  BuildErrorKind kind = BuildErrorKind::other;
  std::string file;       ///< as the log names it, or empty
  unsigned line = 0;      ///< of that file; 0: unknown
  unsigned column = 0;    ///< 0: unknown
  std::string text;       ///< the message, valid UTF-8
  std::string remedy;     ///< what to do now; may be empty
  unsigned log_line = 0;  ///< where in the log it stands, from 1

  bool operator==(const BuildError&) const = default;
};

/// The error in a build's log that the others follow from, or nothing if no line looks like one.
///
/// The log is bytes. Warnings, and notes such as "Skipping BTF generation", are no errors.
std::optional<BuildError> first_error(std::string_view log);

}  // namespace kpkg::build
