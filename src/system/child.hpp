// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"
#include "system/process.hpp"

#include <sys/types.h>

namespace kpkg::system {

/// Private to system/: a program that was started, and kpkg's ends of its pipes.
struct Child {
  pid_t pid = -1;
  Fd exit_descriptor;  ///< readable when the child has ended (pidfd), or closed where the kernel has none
  Fd output;
  Fd errors;
};

/// Starts `program` (an absolute path) as `command` says, as leader of a process group of its own.
Result<Child> start_child(const std::string& program, const Command& command);

}  // namespace kpkg::system
