// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

// Private to tree/: a copy of a kernel tree that may be changed, of which the rest of the root knows nothing.

/// Copies the directory `tree` of a root to `copy`, which is absent yet. Links that lead out of it lead to
/// the same places from there; one of a tree of Debian's that leads nowhere is led to the package
/// linux-kbuild of the same version, if that is there. Returns which were led there, one clause each:
/// "scripts leads to /usr/lib/linux-kbuild-6.1/scripts again".
///
/// Errors: no_space, permission, io.
Result<std::vector<std::string>> copy_privately(const system::Root& root, const std::string& tree,
                                                const std::string& copy);

/// Puts a file into the copy. A directory on the way that is a link becomes a copy of what it leads to, so
/// that nothing outside is changed.
Status replace_in_copy(const system::Root& root, const std::string& copy, std::string_view name,
                       std::string_view bytes);

/// The same, of the directories only: `name` may be written then. Returns its place on the host.
Result<std::string> open_place_in_copy(const system::Root& root, const std::string& copy,
                                       std::string_view name);

}  // namespace kpkg::tree
