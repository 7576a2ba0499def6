// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/recipes.hpp"

#include "store/database.hpp"

namespace kpkg::store {
namespace {

using Automatic = WishRecord::Automatic;

std::optional<Automatic> automatic_named(std::string_view name) {
  if (name == "yes") return Automatic::yes;
  if (name == "no") return Automatic::no;
  return std::nullopt;
}

RecipeRecord read_recipe(Fields& fields) {
  RecipeRecord recipe;
  recipe.name = fields.text();
  recipe.version = fields.text();
  recipe.digest = fields.digest();
  recipe.text = fields.text();
  recipe.when = fields.integer();
  return recipe;
}

SourceRecord read_source(Fields& fields) {
  SourceRecord source;
  source.recipe = fields.text();
  source.version = fields.text();
  source.kind = fields.text();
  source.identity = fields.text();
  source.digest = fields.digest();
  source.when = fields.integer();
  return source;
}

WishRecord read_wish(Fields& fields) {
  WishRecord wish;
  wish.recipe = fields.text();
  wish.version = fields.text();
  wish.since = fields.integer();
  wish.automatic = fields.name(automatic_named);
  wish.origin = fields.text();
  return wish;
}

}  // namespace

Status remember_recipe(Store& store, const RecipeRecord& recipe) {
  KPKG_TRY(store.database().change(
      "INSERT OR REPLACE INTO recipe (name, version, digest, text, used) VALUES (?, ?, ?, ?, ?)",
      {recipe.name, recipe.version, value_of(recipe.digest), recipe.text, recipe.when}));
  return {};
}

Result<std::optional<RecipeRecord>> find_recipe(Store& store, const std::string& name,
                                                const std::string& version) {
  return store.database().select_first(
      "SELECT name, version, digest, text, used FROM recipe "
      "WHERE name = ?1 AND (?2 = '' OR version = ?2) "
      "ORDER BY used DESC, rowid DESC LIMIT 1",
      {name, version}, read_recipe);
}

Status remember_source(Store& store, const SourceRecord& source) {
  KPKG_TRY(store.database().change(
      "INSERT OR REPLACE INTO source (recipe, version, kind, identity, digest, fetched) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {source.recipe, source.version, source.kind, source.identity, value_of(source.digest), source.when}));
  return {};
}

Result<std::vector<SourceRecord>> sources_of(Store& store, const std::string& recipe,
                                             const std::string& version) {
  return store.database().select(
      "SELECT recipe, version, kind, identity, digest, fetched FROM source "
      "WHERE recipe = ?1 AND (?2 = '' OR version = ?2) ORDER BY fetched DESC, rowid DESC",
      {recipe, version}, read_source);
}

Status wish_for(Store& store, const WishRecord& wish) {
  const std::string automatic = wish.automatic == Automatic::yes ? "yes" : "no";
  KPKG_TRY(store.database().change(
      "INSERT OR REPLACE INTO wish (recipe, version, since, automatic, origin) VALUES (?, ?, ?, ?, ?)",
      {wish.recipe, wish.version, wish.since, automatic, wish.origin}));
  return {};
}

Status forget_wish(Store& store, const std::string& recipe) {
  KPKG_TRY(store.database().change("DELETE FROM wish WHERE recipe = ?", {recipe}));
  return {};
}

Result<std::vector<WishRecord>> wishes(Store& store) {
  return store.database().select("SELECT recipe, version, since, automatic, origin FROM wish ORDER BY recipe",
                                 {}, read_wish);
}

}  // namespace kpkg::store
