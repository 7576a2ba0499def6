// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/sandbox.hpp"

#include <string>
#include <vector>

namespace kpkg::system {

// Private to system/: what a confined program sees of the machine, as options of bubblewrap and as a list.

/// bubblewrap's options that show `view` and what every build needs of the host, and nothing else.
///
/// Errors: unsupported: a bind has no place in the view.
Result<std::vector<std::string>> bubblewrap_mounts(const SandboxView& view);

/// What every build may read of the host; some of it may be absent.
std::vector<std::string> readable_paths();

}  // namespace kpkg::system
