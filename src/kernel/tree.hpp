// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

/// A tree that kbuild can probably use, or why there is none.
struct TreeSearch {
  std::optional<KernelTree> tree;
  std::string problem;  ///< one clause; empty if there is a tree

  bool operator==(const TreeSearch&) const = default;
};

/// Searches the headers of `release`: the links `build` and `source` of its module directory, then
/// /usr/src/linux-headers-RELEASE. The first that looks usable counts; the problem is that of the first that
/// is there.
/// Errors: permission, io.
Result<TreeSearch> find_tree(const system::Root& root, std::string_view release,
                             const std::string& module_directory);

/// Looks at the directory `path` of a root: is it a tree (Makefile, configuration for C, scripts)?
/// Errors: permission, io.
Result<TreeSearch> look_at_tree(const system::Root& root, const std::string& path);

/// Every directory that kbuild touches when it works in `tree`, the tree itself first: found by following the
/// links at the top of each directory and in its scripts/, and the absolute paths in its Makefile, and the
/// same for its sources. Canonical, none inside another. It takes a thousand calls of the system: for builds
/// alone. Errors: permission, io.
Result<std::vector<std::string>> needed_directories(const system::Root& root, const KernelTree& tree);

}  // namespace kpkg::kernel
