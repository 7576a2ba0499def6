// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "distro/apt.hpp"
#include "store/recipes.hpp"
#include "store/store.hpp"
#include "workflow/recipes.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

std::string source_text(const recipe::Source& source) {
  switch (source.kind()) {
    case recipe::SourceKind::url: return source.url;
    case recipe::SourceKind::git: return fmt::format("{} at commit {}", source.git, source.commit);
    case recipe::SourceKind::apt: return fmt::format("apt package {}", source.apt);
    case recipe::SourceKind::path: return source.path;
  }
  return "";
}

Json json_of(const workflow::RecipeEntry& entry) {
  Json json = {{"name", entry.name}, {"file", entry.file}, {"valid", entry.parsed.recipe.has_value()}};
  if (!entry.parsed.recipe) return json;
  json["version"] = entry.parsed.recipe->version ? Json(*entry.parsed.recipe->version) : Json();
  json["summary"] = entry.parsed.recipe->summary;
  return json;
}

Json json_of(const workflow::LoadedRecipe& loaded) {
  const auto& recipe = loaded.recipe;
  Json sources = Json::array();
  for (const auto& source : recipe.sources) sources.push_back(source_text(source));
  Json modules = Json::array();
  for (const auto& module : recipe.modules) modules.push_back(module.installed_name());
  Json depends = Json::array();
  for (const auto& dependency : recipe.depends)
    depends.push_back({{"name", dependency.name}, {"versions", dependency.versions.text()}});
  return {{"name", recipe.name},           {"version", recipe.version ? Json(*recipe.version) : Json()},
          {"summary", recipe.summary},     {"license", recipe.license},
          {"homepage", recipe.homepage},   {"file", loaded.file},
          {"sources", std::move(sources)}, {"modules", std::move(modules)},
          {"depends", std::move(depends)}};
}

/// Whether apt has a newer version of the recipe's package than the one that is recorded.
Status say_upgrade(const Context& context, const workflow::LoadedRecipe& loaded) {
  auto store = store::Store::open(context.workspace.root, store::Access::read);
  if (!store) return {};
  for (const auto& source : loaded.recipe.sources) {
    if (source.kind() != recipe::SourceKind::apt) continue;
    const auto offered = KPKG_TRY(distro::candidate_version(context.workspace.runner, source.apt));
    const auto recorded = KPKG_TRY(store::sources_of(*store, loaded.recipe.name, ""));
    if (offered) context.terminal.say(fmt::format("  apt offers: {} {}\n", source.apt, *offered));
    if (!offered || recorded.empty() || recorded.front().identity == source.apt + " " + *offered) continue;
    context.terminal.say(fmt::format("  recorded: {} (kpkg install --upgrade {} takes the offered one)\n",
                                     recorded.front().identity, loaded.recipe.name));
  }
  return {};
}

}  // namespace

Result<int> run_list(const Context& context) {
  const auto entries = KPKG_TRY(workflow::list_recipes(context.workspace));
  if (context.arguments.json) {
    Json rows = Json::array();
    for (const auto& entry : entries) rows.push_back(json_of(entry));
    say_json(context, {{"recipes", std::move(rows)}});
    return success_status;
  }
  std::string text;
  for (const auto& entry : entries) {
    const auto& recipe = entry.parsed.recipe;
    text += recipe ? fmt::format("{:<20} {:<10} {}\n", entry.name, recipe->version.value_or("apt"),
                                 recipe->summary)
                   : fmt::format("{:<20} has mistakes: kpkg recipe lint {}\n", entry.name, entry.file);
  }
  context.terminal.say(text.empty() ? "there are no recipes\n" : printable(text));
  return success_status;
}

Result<int> run_show(const Context& context) {
  const auto wish = workflow::RecipeWish::parse(context.arguments.names.front());
  const auto loaded = KPKG_TRY(workflow::find_recipe(context.workspace, wish));
  if (context.arguments.json) {
    say_json(context, json_of(loaded));
    return success_status;
  }
  const auto& recipe = loaded.recipe;
  auto text =
      fmt::format("{} {}: {}\n", recipe.name, recipe.version.value_or("(version from apt)"), recipe.summary);
  if (!recipe.homepage.empty()) text += fmt::format("  homepage: {}\n", recipe.homepage);
  if (!recipe.license.empty()) text += fmt::format("  license: {}\n", recipe.license);
  for (const auto& source : recipe.sources) text += fmt::format("  source: {}\n", source_text(source));
  for (const auto& module : recipe.modules) text += fmt::format("  module: {}\n", module.installed_name());
  for (const auto& dependency : recipe.depends)
    text += fmt::format("  depends on: {}\n", trimmed(dependency.name + " " + dependency.versions.text()));
  text += fmt::format("  file: {}\n", loaded.file);
  context.terminal.say(printable(text));
  if (const auto asked = say_upgrade(context, loaded); !asked)
    context.workspace.observer.on(
        {.kind = workflow::EventKind::note, .text = "apt was not asked: " + asked.error().text()});
  return success_status;
}

Result<int> run_recipe_lint(const Context& context) {
  std::size_t mistakes = 0;
  for (const auto& path : context.arguments.names) {
    const auto text = KPKG_TRY(system::read_file(path, recipe::largest_recipe + 1)
                                   .with_hint("name the file of a recipe, NAME.toml"));
    for (const auto& mistake : recipe::parse(text, path).mistakes) {
      context.terminal.say(printable(mistake.text()) + "\n");
      ++mistakes;
    }
  }
  if (mistakes == 0)
    context.terminal.say(fmt::format("{}: no mistakes\n", counted(context.arguments.names.size(), "recipe")));
  return mistakes == 0 ? success_status : failure_status;
}

}  // namespace kpkg::cli
