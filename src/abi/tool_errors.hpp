// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"

#include <span>
#include <string_view>

namespace kpkg::abi {

/// An error that the kernel gives to the program that loads a module, as that program tells it.
struct ToolError {
  std::string_view errno_name;
  std::string_view texts;     ///< of insmod, modprobe (kmod) and busybox, a line each
  std::string_view id;        ///< of its explanation: "exec-format-error"
  Severity severity;          ///< note: the module was loaded, or is there already
  std::string_view findings;  ///< the judge's names for what can cause it, separated by blanks
  std::string_view cause;     ///< for those who have no line of the kernel's log
  std::string_view remedy;
};

/// What `line` says of an attempt to load a module, or nothing: it is about something else. A line that is
/// such a text and nothing more is about a module too.
const ToolError* tool_error_in(std::string_view line);

/// All of them, in the order in which their texts are tried.
std::span<const ToolError> tool_errors();

}  // namespace kpkg::abi
