// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/plan.hpp"

#include <span>

namespace kpkg::install {

// Private to install/: several plans for one kernel, done as one.

/// Whether each file and each module is the matter of one plan only: none of them knows what the others do.
///
/// Errors: conflict: two plans have a file or a module in common.
Status check_apart(std::span<const Plan> plans);

/// The plans as one: the files of all of them, then one index, every check and one initial RAM disk. It has
/// the kernel that all have, and no recipe.
Plan joined(std::span<const Plan> plans);

}  // namespace kpkg::install
