// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/process.hpp"
#include "system/root.hpp"

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// What a script is told, so that a `dkms` that it calls does not wait for the one that called it.
inline constexpr const char* lock_is_held = "KPKG_LOCK=held";

/// The command as it is run in the root with the caller's rights: as it is on this machine, after chroot(8)
/// elsewhere. Its program and directory are names in the root.
system::Command in_root(const system::Root& root, system::Command command);

/// A command for bash, with the system's environment and `more`, at work in `directory` of the root.
system::Command bash_command(std::string text, std::string directory, const std::vector<std::string>& more);

}  // namespace kpkg::dkmsbuild
