// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace kpkg::system {

/// The file system that a path is on.
struct FileSystem {
  std::uint64_t free_bytes = 0;  ///< for unprivileged users
  bool is_read_only = false;
  bool runs_programs = true;  ///< false: mounted noexec

  bool operator==(const FileSystem&) const = default;
};

/// Errors: not_found, permission, io.
Result<FileSystem> file_system_of(const std::string& path);

}  // namespace kpkg::system
