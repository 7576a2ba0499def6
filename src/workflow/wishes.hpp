// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/wish.hpp"
#include "store/installed.hpp"
#include "workflow/make_pairs.hpp"
#include "workflow/pair.hpp"

#include <vector>

namespace kpkg::workflow {

// Private to workflow/: from what was built to what should be on disk.

/// What should be installed of a pair. With `force`, verdicts that say no are overridden, which the wish
/// records; so it does of the option without which the pair's tree would not have been built in.
Result<install::Wish> wish_of(const Workspace& workspace, const LoadedRecipe& recipe, const PairResult& pair,
                              Force force);

/// What is installed now, as a wish: where to go back to when a new module does not start.
install::Wish wish_of_installed(const std::vector<store::InstalledRecord>& installed,
                                const install::Wish& replaced_by);

}  // namespace kpkg::workflow
