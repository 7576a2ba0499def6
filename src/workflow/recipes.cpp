// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/recipes.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace kpkg::workflow {
namespace {

constexpr std::string_view extension = ".toml";
constexpr const char* names_hint = "kpkg list shows the recipes; a path with a slash names a recipe file";

bool is_path(const std::string& wish) {
  return wish.find('/') != std::string::npos || wish.ends_with(extension);
}

std::string directory_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Status must_have_version(const LoadedRecipe& loaded, const RecipeWish& wish) {
  // Without a version in the recipe the source tells it; the wish is checked when the source is there
  // (sources.cpp).
  if (!wish.version || !loaded.recipe.version || *wish.version == *loaded.recipe.version) return {};
  return fail(ErrorKind::not_found,
              fmt::format("recipe {} is at version {}, not {}", loaded.recipe.name, *loaded.recipe.version,
                          *wish.version),
              fmt::format("kpkg install {} takes the version of the recipe", loaded.recipe.name));
}

/// Puts recipes after what they depend on: depth first, three colours.
class Ordering {
 public:
  explicit Ordering(const Workspace& workspace) : workspace_(workspace) {}

  Status add(LoadedRecipe loaded) {
    const auto name = loaded.recipe.name;
    if (done_.contains(name)) return {};
    if (!open_.insert(name).second)
      return fail(ErrorKind::invalid, fmt::format("recipe {} depends on itself", name),
                  "remove one `depends` of the circle");
    for (const auto& dependency : loaded.recipe.depends) {
      auto needed = KPKG_TRY(find(dependency, loaded.directory).within("recipe " + name));
      KPKG_TRY(add(std::move(needed)));
    }
    open_.erase(name);
    done_.insert(name);
    ordered_.push_back(std::move(loaded));
    return {};
  }

  void offer(const LoadedRecipe& wished) { wished_.emplace(wished.recipe.name, wished); }
  std::vector<LoadedRecipe> take() { return std::move(ordered_); }

 private:
  /// A recipe of the wish, else one beside the recipe that depends on it, else one that is found by name.
  Result<LoadedRecipe> find(const recipe::Dependency& dependency, const std::string& directory) {
    const auto given = wished_.find(dependency.name);
    const auto beside = fmt::format("{}/{}{}", directory, dependency.name, extension);
    const bool is_beside = KPKG_TRY(system::status_of(beside)).has_value();
    const RecipeWish wish{.name_or_path = is_beside ? beside : dependency.name};
    auto found = given != wished_.end() ? given->second : KPKG_TRY(find_recipe(workspace_, wish));
    const auto& version = found.recipe.version;
    if (version && !dependency.versions.admits(*version))
      return fail(ErrorKind::invalid, fmt::format("it needs {} {}, but the recipe is at version {}",
                                                  dependency.name, dependency.versions.text(), *version));
    return found;
  }

  const Workspace& workspace_;
  std::map<std::string, LoadedRecipe> wished_;
  std::set<std::string> open_;
  std::set<std::string> done_;
  std::vector<LoadedRecipe> ordered_;
};

}  // namespace

RecipeWish RecipeWish::parse(const std::string& text) {
  const auto at = text.rfind('@');
  if (is_path(text) || at == std::string::npos || at == 0) return RecipeWish{.name_or_path = text};
  return RecipeWish{.name_or_path = text.substr(0, at), .version = text.substr(at + 1)};
}

Result<std::vector<std::string>> recipe_directories(const system::Root& root) {
  std::vector<std::string> directories;
  if (const auto given = system::environment_variable("KPKG_RECIPES"); given && !given->empty())
    directories = split(*given, ':');
  directories.push_back(KPKG_TRY(root.host_path(places::own_recipes)));
  if (!root.is_host()) directories.emplace_back(places::own_recipes);
  directories.push_back(KPKG_TRY(root.host_path(places::shipped_recipes)));
  if (!root.is_host()) directories.emplace_back(places::shipped_recipes);
  return directories;
}

Result<LoadedRecipe> load_recipe_file(const std::string& path) {
  if (!KPKG_TRY(system::status_of(path)))
    return fail(ErrorKind::not_found, "there is no file " + told_name(path), names_hint);
  auto text = KPKG_TRY(system::read_file(path, recipe::largest_recipe + 1)
                           .within("reading a recipe")
                           .with_hint("name a recipe file: they end in .toml"));
  const auto file = KPKG_TRY(system::canonical_path(path));
  auto parsed = recipe::parse(text, path);
  if (parsed.recipe)
    return LoadedRecipe{std::move(*parsed.recipe), file, directory_of(file), std::move(text)};
  const auto more = parsed.mistakes.size() - 1;
  const auto rest = more == 0 ? std::string() : fmt::format(" (and {})", counted(more, "further mistake"));
  return fail(ErrorKind::invalid, parsed.mistakes.front().text() + rest,
              "kpkg recipe lint " + path + " lists every mistake");
}

Result<LoadedRecipe> find_recipe(const Workspace& workspace, const RecipeWish& wish) {
  if (is_path(wish.name_or_path)) return load_recipe_file(wish.name_or_path);
  for (const auto& directory : workspace.recipe_directories) {
    const auto path = fmt::format("{}/{}{}", directory, wish.name_or_path, extension);
    if (!KPKG_TRY(system::status_of(path))) continue;
    auto loaded = KPKG_TRY(load_recipe_file(path));
    KPKG_TRY(must_have_version(loaded, wish));
    return loaded;
  }
  std::vector<std::string> names;
  for (const auto& entry : KPKG_TRY(list_recipes(workspace))) names.push_back(entry.name);
  const auto meant = nearest(wish.name_or_path, names);
  const auto hint = meant ? fmt::format("did you mean {}?", *meant) : std::string(names_hint);
  return fail(ErrorKind::not_found, fmt::format("there is no recipe {}", told_name(wish.name_or_path)), hint);
}

Result<std::vector<RecipeEntry>> list_recipes(const Workspace& workspace) {
  std::map<std::string, RecipeEntry> entries;
  for (const auto& directory : workspace.recipe_directories) {
    const auto files = KPKG_TRY(system::list_directory(directory));
    if (!files) continue;
    for (const auto& file : *files) {
      if (!file.name.ends_with(extension)) continue;
      const auto name = file.name.substr(0, file.name.size() - extension.size());
      if (entries.contains(name)) continue;
      const auto path = directory + "/" + file.name;
      auto text = KPKG_TRY(system::read_file(path, recipe::largest_recipe + 1));
      entries.emplace(name, RecipeEntry{name, path, recipe::parse(text, path)});
    }
  }
  std::vector<RecipeEntry> sorted;
  for (auto& [name, entry] : entries) sorted.push_back(std::move(entry));
  return sorted;
}

Result<std::vector<LoadedRecipe>> with_dependencies(const Workspace& workspace,
                                                    std::vector<LoadedRecipe> wished,
                                                    std::span<const LoadedRecipe> known) {
  Ordering ordering(workspace);
  for (const auto& loaded : wished) ordering.offer(loaded);
  for (const auto& loaded : known) ordering.offer(loaded);
  for (auto& loaded : wished) KPKG_TRY(ordering.add(std::move(loaded)));
  return ordering.take();
}

}  // namespace kpkg::workflow
