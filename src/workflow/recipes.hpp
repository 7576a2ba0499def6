// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "recipe/parse.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// A recipe and the file it was read from.
struct LoadedRecipe {
  recipe::Recipe recipe;
  std::string file;       ///< on the host
  std::string directory;  ///< of `file`: what the recipe's relative paths start from
  std::string text;       ///< the file's bytes

  bool operator==(const LoadedRecipe&) const = default;
};

/// What a person names: "tty0tty", "tty0tty@1.4" or the path of a recipe file.
struct RecipeWish {
  std::string name_or_path;
  std::optional<std::string> version;

  static RecipeWish parse(const std::string& text);

  bool operator==(const RecipeWish&) const = default;
};

/// The directories that recipes are looked for in, first wins: $KPKG_RECIPES, the administrator's, the
/// shipped ones; those of the root before those of the machine kpkg runs on.
Result<std::vector<std::string>> recipe_directories(const system::Root& root);

/// The recipe that `wish` means.
///
/// Errors: not_found: no such recipe, with the nearest name as hint, or another version than the wish;
/// invalid: the file has mistakes: the first is the message.
Result<LoadedRecipe> find_recipe(const Workspace& workspace, const RecipeWish& wish);

/// The recipe in a file. Errors: not_found; invalid, as above.
Result<LoadedRecipe> load_recipe_file(const std::string& path);

/// The file and every recipe that can be found, sorted by name; a file with mistakes is there with its
/// mistakes.
struct RecipeEntry {
  std::string name;
  std::string file;
  recipe::ParsedRecipe parsed;
};
Result<std::vector<RecipeEntry>> list_recipes(const Workspace& workspace);

/// The wished recipes and all that they depend on, each once, dependencies first. Dependencies are looked for
/// among the wished and the `known` ones first.
///
/// Errors: as find_recipe; invalid: a cycle, or a dependency in a version that was not asked for.
Result<std::vector<LoadedRecipe>> with_dependencies(const Workspace& workspace,
                                                    std::vector<LoadedRecipe> wished,
                                                    std::span<const LoadedRecipe> known = {});

}  // namespace kpkg::workflow
