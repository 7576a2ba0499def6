// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: paths inside a root.

/// Where a path leads, or why it leads nowhere.
struct Followed {
  std::optional<std::string> path;  ///< canonical inside the root
  std::string problem;              ///< one clause; empty if there is a path
};

/// Follows `path`. Absence, a dangling link and a loop of links are answers.
Result<Followed> follow(const system::Root& root, const std::string& path);

/// Removes every directory but the first that lies inside another one.
void prune(std::vector<std::string>& directories);

}  // namespace kpkg::kernel
