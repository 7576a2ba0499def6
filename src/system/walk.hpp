// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace kpkg::system {

/// Private to system/: a path inside a root after links were followed.
struct WalkedPath {
  std::string path;         ///< absolute inside the root, without links as far as it exists
  std::size_t missing = 0;  ///< how many components at its end do not exist
};

/// Follows `path` under the host directory `root` one component at a time; ".." at the top stays at the top.
///
/// Not proof against someone who changes links meanwhile: files are opened with openat2 where the kernel has
/// it. Errors: io: more than 40 links (ELOOP, as the kernel counts; path_resolution(7)).
Result<WalkedPath> walk(const std::string& root, std::string_view path);

}  // namespace kpkg::system
