// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/plan.hpp"

namespace kpkg::install {

// Private to install/.

/// What is wrong with a wish whatever the root is like: names that lead elsewhere, text that would become
/// other lines, verdicts that say no (invariant I6: only a named flag overrides one).
std::vector<PlanFinding> check_wish(const Wish& wish);

/// Whether a file is different after the step.
bool changes_file(const Step& step);

}  // namespace kpkg::install
