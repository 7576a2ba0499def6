// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"
#include "system/process.hpp"
#include "system/root.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// The command as it is run in the root with the caller's rights: as it is on this machine, after chroot(8)
/// elsewhere. Its program and directory are names in the root.
system::Command in_root(const system::Root& root, system::Command command);

/// What programs with the caller's rights get: the environment that DKMS was called in, without what would
/// mislead a build.
std::vector<std::string> caller_environment(const Site& site);

/// A command for bash, with what it evaluates, for scripts that have the caller's rights: they get the
/// caller's environment, then `more`. They are told that
/// the lock is held, so that a `dkms` that they call does not wait for the one that called them.
system::Command caller_command(const Site& site, std::string text, const std::vector<std::string>& more);

}  // namespace kpkg::dkmsbuild
