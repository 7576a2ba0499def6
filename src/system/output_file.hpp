// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"

#include <string>

namespace kpkg::system {

/// A new, empty file that programs write to while they run: Command::output. What was there is replaced.
///
/// Everything is appended, so that several writers never overwrite each other. The parents are made.
Result<Fd> create_output_file(const std::string& path);

}  // namespace kpkg::system
