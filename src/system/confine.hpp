// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace kpkg::system {

// Private to the program kpkg-confine: each function takes some power away from the calling process, for
// good.

/// Makes the directory that chroot(2) shows as "/" the root of a mount namespace of its own.
///
/// In a plain chroot "/" is no mount, which bubblewrap needs it to be, and user namespaces are forbidden.
/// Nothing of it shows in the parent namespace, whatever its propagation: everything is made private first.
Status leave_chroot();

/// Lowers what the process and its children may use up: file size, number of processes, no core dumps.
Status lower_limits();

/// Becomes another user without groups, capabilities or a way back.
Status become_user(uid_t user, gid_t group);

/// Programs with setuid or file capabilities give nothing from now on.
Status gain_no_privileges();

/// What Landlock leaves of the file system.
struct AllowedPaths {
  std::vector<std::string> readable;  ///< files and whole directories; absent ones are skipped
  std::vector<std::string> writable;
};

/// Errors: unsupported: the kernel has no Landlock.
Status restrict_files(const AllowedPaths& allowed);

/// Denies sockets other than AF_UNIX, typing into the terminal, and leaving the process group.
///
/// Errors: unsupported: no seccomp, or an architecture whose system calls are not known here.
Status restrict_system_calls();

}  // namespace kpkg::system
