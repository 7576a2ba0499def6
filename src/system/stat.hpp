// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/file.hpp"

#include <sys/stat.h>

#include <string>

namespace kpkg::system {

// Private to system/: what file.cpp and root.cpp share about the raw answers of the kernel.

FileStatus from_stat(const struct stat& raw);

/// Makes a rename in this directory survive a power cut.
Status sync_directory(const std::string& path);

}  // namespace kpkg::system
