// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/rebuild.hpp"

#include "base/text.hpp"
#include "store/recipes.hpp"
#include "workflow/bundles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// The recipe as it was when it was used last. Its relative paths start from where its file was.
Result<LoadedRecipe> remembered(store::Store& store, const store::WishRecord& wish) {
  const auto record = KPKG_TRY(store::find_recipe(store, wish.recipe, wish.version));
  if (!record)
    return fail(ErrorKind::not_found,
                fmt::format("the recipe {} is gone and was never recorded", wish.recipe),
                fmt::format("kpkg remove {}, or install it again from its file", wish.recipe));
  auto parsed = recipe::parse(record->text, wish.recipe + " (recorded)");
  if (!parsed.recipe) return fail(ErrorKind::invalid, parsed.mistakes.front().text());
  const auto slash = wish.origin.find_last_of('/');
  return LoadedRecipe{std::move(*parsed.recipe), wish.origin,
                      slash == std::string::npos ? "/" : wish.origin.substr(0, slash), record->text};
}

Result<LoadedRecipe> load(const Workspace& workspace, store::Store& store, const store::WishRecord& wish) {
  if (wish.origin == bundle_origin) return remembered(store, wish);
  if (!wish.origin.empty() && KPKG_TRY(system::status_of(wish.origin))) return load_recipe_file(wish.origin);
  auto by_name = find_recipe(workspace, RecipeWish{.name_or_path = wish.recipe, .version = {}});
  if (by_name) return by_name;
  return remembered(store, wish);
}

}  // namespace

Result<WantedRecipes> wanted_recipes(const Workspace& workspace, store::Store& store,
                                     const std::vector<std::string>& names) {
  const auto wishes = KPKG_TRY(store::wishes(store));
  for (const auto& name : names) {
    const bool known =
        std::any_of(wishes.begin(), wishes.end(), [&](const auto& wish) { return wish.recipe == name; });
    if (!known)
      return fail(ErrorKind::not_found, fmt::format("{} is not installed", printable(name)),
                  "kpkg install " + printable(name));
  }
  WantedRecipes wanted;
  std::vector<LoadedRecipe> loaded;
  std::vector<LoadedRecipe> others;
  for (const auto& wish : wishes) {
    const bool is_named = names.empty() || std::find(names.begin(), names.end(), wish.recipe) != names.end();
    // What came in a bundle has no file in which its dependents would find it.
    if (!is_named && wish.origin != bundle_origin) continue;
    auto recipe = load(workspace, store, wish);
    if (!is_named) {
      if (recipe) others.push_back(std::move(*recipe));
      continue;
    }
    if (recipe)
      loaded.push_back(std::move(*recipe));
    else
      wanted.lost.push_back({wish.recipe, recipe.error()});
  }
  auto ordered = with_dependencies(workspace, loaded, others);
  if (ordered) {
    wanted.recipes = std::move(*ordered);
    return wanted;
  }
  // One recipe with a lost dependency must not stop the others: order each by itself.
  for (auto& recipe : loaded) {
    auto alone = with_dependencies(workspace, {recipe}, others);
    if (!alone) {
      wanted.lost.push_back({recipe.recipe.name, alone.error()});
      continue;
    }
    for (auto& each : *alone) {
      const bool there = std::any_of(wanted.recipes.begin(), wanted.recipes.end(), [&](const auto& other) {
        return other.recipe.name == each.recipe.name;
      });
      if (!there) wanted.recipes.push_back(std::move(each));
    }
  }
  return wanted;
}

}  // namespace kpkg::workflow
