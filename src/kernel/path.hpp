// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/, tree/ and dkmsconf/: paths inside a root.

/// Where a path leads, or why it leads nowhere.
struct Followed {
  std::optional<std::string> path;  ///< canonical inside the root
  std::string problem;              ///< one clause; empty if there is a path
};

/// Follows `path`. Absence, a dangling link and a loop of links are answers.
Result<Followed> follow(const system::Root& root, const std::string& path);

/// Whether `path` is `directory` or lies below it; both canonical.
bool is_inside(std::string_view path, std::string_view directory);

/// "/a" of "/a/b"; "/" of "/a".
std::string parent_of(std::string_view path);

/// "b" of "/a/b".
std::string_view last_of(std::string_view path);

/// Removes every directory but the first that lies inside another one.
void prune(std::vector<std::string>& directories);

}  // namespace kpkg::kernel
