// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg {

/// Why something could not be done. Exit statuses are a function of this kind (cli/exit_status.hpp),
/// so a new kind is added only when a caller or a script must tell it from the others.
enum class ErrorKind {
  usage,           ///< the command line or a setting asks for something that cannot be meant
  invalid,         ///< a text that a person wrote (a recipe) is wrong
  not_found,       ///< a recipe, kernel, module or file that was named does not exist
  corrupt,         ///< bytes are not what their format demands
  permission,      ///< the system does not let this user do it
  no_space,        ///< a disk or quota is full
  io,              ///< any other refusal by the operating system
  locked,          ///< another kpkg, or apt, is at work and did not finish in time
  network,         ///< a server could not be reached or said no
  trust,           ///< a digest or a signature differs
  no_tree,         ///< there is no usable kernel tree (headers) to build in
  build_failed,    ///< a compiler or a build step said no
  incompatible,    ///< the target kernel would refuse the result
  excluded,        ///< the recipe does not want this kernel
  install_failed,  ///< the installation failed and was undone
  conflict,        ///< another owner has what is wanted
  interrupted,     ///< the user stopped it (SIGINT, SIGTERM)
  unsupported,     ///< this kpkg or this machine cannot do it
};

/// The kind's stable name in JSON and in the store, for example "not_found".
std::string_view name_of(ErrorKind kind);

/// The kind of that name; nothing: no kind has it.
std::optional<ErrorKind> error_kind_of(std::string_view name);

/// One failure as a person meets it: what happened, while doing what, and what to do now.
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;               ///< one clause, lower case, no full stop, naming the thing
  std::vector<std::string> context;  ///< what was being attempted, innermost first
  std::string hint;                  ///< what to do now; may be empty

  /// Context and message on one line, outermost context first: "reading recipe x: cannot open /y: …".
  std::string text() const;

  bool operator==(const Error&) const = default;
};

/// The failure of the system call that just set `errno_value`, whose kind follows from it.
///
/// Capture errno before anything else is formatted: system_error(errno, "cannot open " + path).
/// ENOSPC and EDQUOT are no_space; EACCES, EPERM and EROFS permission; ENOENT not_found; EINTR interrupted.
Error system_error(int errno_value, std::string what);

}  // namespace kpkg
