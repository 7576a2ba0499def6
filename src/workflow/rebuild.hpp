// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/store.hpp"
#include "workflow/recipes.hpp"

#include <string>
#include <vector>

namespace kpkg::workflow {

/// A recipe that was wanted and cannot be used any more.
struct LostRecipe {
  std::string name;
  Error error;
};

/// The installed recipes, dependencies first.
struct WantedRecipes {
  std::vector<LoadedRecipe> recipes;
  std::vector<LostRecipe> lost;  ///< one that is damaged never stops the others
};

/// The recipes that were installed, or those of them that are named: from the file that they were installed
/// from, else by name, else as they were remembered.
///
/// Errors: not_found: a name that was never installed.
Result<WantedRecipes> wanted_recipes(const Workspace& workspace, store::Store& store,
                                     const std::vector<std::string>& names);

}  // namespace kpkg::workflow
