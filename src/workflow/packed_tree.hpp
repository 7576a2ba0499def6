// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "workflow/workspace.hpp"

#include <string>
#include <string_view>

namespace kpkg::workflow {

/// Unpacks a tree in one file of the host into the cache, under the file's digest, if it is not there yet;
/// returns its place in the root. The caller holds the lock. Whether it describes a kernel is for its
/// attestation to say.
///
/// Errors: not_found; corrupt: damaged or hostile; no_space; interrupted; permission, io.
Result<std::string> unpack_tree(const Workspace& workspace, const std::string& name);

/// Removes what commands that were killed left of the trees of a kernel. The caller holds the lock.
Status sweep_trees(const Workspace& workspace, const std::string& release);

}  // namespace kpkg::workflow
