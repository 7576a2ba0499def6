// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/checks.hpp"

#include "base/text.hpp"
#include "recipe/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kpkg::recipe {
namespace {

constexpr std::array<std::string_view, 4> kinds = {"url", "git", "apt", "path"};

/// A key of [[source]] and the kinds beside which it means something.
struct Companion {
  std::string_view key;
  std::string_view kinds;
};

constexpr std::array<Companion, 5> companions = {{
    {"sha256", "url or git"},
    {"mirrors", "url"},
    {"strip", "url"},
    {"commit", "git"},
    {"tree", "git"},
}};

void check_companions(Report& report, const Node& table, std::string_view kind) {
  for (const auto& companion : companions) {
    const auto* entry = find(table, companion.key);
    if (entry == nullptr || companion.kinds.find(kind) != std::string_view::npos) continue;
    report.add(entry->place, {.message = fmt::format("\"{}\" does not go with \"{}\"", companion.key, kind),
                              .expected = fmt::format("it beside {} only", companion.kinds),
                              .suggestion = {}});
  }
}

void demand(Report& report, const Node& table, std::string_view key, Complaint complaint) {
  if (find(table, key) == nullptr) report.add(table.place, std::move(complaint));
}

void check_demands(Report& report, const Node& table, std::string_view kind) {
  if (kind == "url")
    demand(report, table, "sha256",
           {"\"sha256\" is missing beside \"url\"", std::string(rules::sha256.expected), {}});
  if (kind != "git") return;
  demand(report, table, "commit",
         {"\"commit\" is missing beside \"git\"", std::string(rules::git_id.expected), {}});
  if (find(table, "sha256") == nullptr)
    demand(report, table, "tree",
           {"\"tree\" is missing beside \"git\"", "the tree id of the commit, 40 hexadecimal digits", {}});
}

void check_not_empty(Report& report, const Node& table, std::string_view key) {
  const auto* entry = find(table, key);
  if (entry == nullptr || entry->value.kind != NodeKind::list || !entry->value.items.empty()) return;
  report.add(entry->place,
             {fmt::format("\"{0}\" is empty", key), fmt::format("at least one [[{}]]", key), {}});
}

/// One mistake for every name in `names` that is there before, at the place of the item it belongs to.
void check_distinct(Report& report, const std::vector<Node>& items, const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size() && i < items.size(); ++i) {
    if (names[i].empty() || seen.insert(module_key(names[i])).second) continue;
    report.add(items[i].place, {fmt::format("a second module is called \"{}\"", shown(names[i])),
                                "one [[module]] for each name; dash and underscore are equal",
                                {}});
  }
}

void check_modules(Report& report, const Node& table, const std::vector<Module>& modules) {
  std::vector<std::string> built;
  std::vector<std::string> installed;
  for (const auto& module : modules) {
    built.push_back(module.name);
    installed.push_back(module.installed_name());
  }
  check_not_empty(report, table, "module");
  check_distinct(report, items_of(table, "module"), built);
  if (installed != built) check_distinct(report, items_of(table, "module"), installed);
}

void check_sources(Report& report, const Node& table, const std::vector<Source>& sources) {
  const auto& items = items_of(table, "source");
  std::set<std::string> seen;
  check_not_empty(report, table, "source");
  for (std::size_t i = 0; i < sources.size() && i < items.size(); ++i) {
    const bool is_unknown = sources[i].into.empty() && find(items[i], "into") != nullptr;
    if (is_unknown || seen.insert(sources[i].into).second) continue;
    report.add(items[i].place,
               {sources[i].into.empty()
                    ? "a second source is unpacked at the top of the source tree"
                    : fmt::format("a second source is unpacked into \"{}\"", shown(sources[i].into)),
                "another directory in \"into\"",
                {}});
  }
}

void check_symvers(Report& report, const Node& text, const std::vector<Dependency>& depends) {
  for (const auto& name : symvers_in(text.text)) {
    const bool is_built_first =
        std::any_of(depends.begin(), depends.end(),
                    [&](const Dependency& dependency) { return dependency.name == name; });
    if (is_built_first) continue;
    report.add(text.place,
               {fmt::format("${{symvers.{}}} names a recipe that is not built first", shown(name)),
                fmt::format("\"{}\" in \"depends\"", shown(name)),
                {}});
  }
}

/// The symvers of every argument and variable of the [build] in `table`.
void check_build(Report& report, const Node& table, const std::vector<Dependency>& depends) {
  const auto* build = find(table, "build");
  if (build == nullptr) return;
  for (const auto& step : items_of(build->value, "steps"))
    for (const auto& argument : step.items) check_symvers(report, argument, depends);
  const auto* environment = find(build->value, "environment");
  if (environment == nullptr) return;
  for (const auto& variable : environment->value.entries) check_symvers(report, variable.value, depends);
}

void check_version(Report& report, const Node& table) {
  const auto& sources = items_of(table, "source");
  const bool has_package = std::any_of(sources.begin(), sources.end(),
                                       [](const Node& source) { return find(source, "apt") != nullptr; });
  if (has_package) return;
  demand(report, table, "version",
         {"\"version\" is missing", "a version, since no source is a package that tells it", {}});
}

}  // namespace

void check(Report& report, const Node& table, Source& /*source*/) {
  std::vector<const Entry*> present;
  for (const auto kind : kinds) {
    if (const auto* entry = find(table, kind)) present.push_back(entry);
  }
  if (present.empty()) {
    report.add(table.place, {"a source that is nowhere", "exactly one of url, git, apt and path", {}});
    return;
  }
  std::sort(present.begin(), present.end(),
            [](const Entry* left, const Entry* right) { return left->place < right->place; });
  if (present.size() > 1) {
    report.add(present[1]->place,
               {fmt::format("\"{}\" beside \"{}\" in one source", present[1]->key, present[0]->key),
                "exactly one of url, git, apt and path",
                {}});
    return;
  }
  check_companions(report, table, present[0]->key);
  check_demands(report, table, present[0]->key);
}

void check(Report& report, const Node& table, Condition& /*condition*/) {
  if (table.entries.empty())
    report.add(table.place, {"\"when\" is empty", "one of kernel, arch, distribution, config and probe", {}});
}

void check(Report& report, const Node& table, Variant& variant) {
  if (!variant.sources && !variant.patches && !variant.build && !variant.modules)
    report.add(table.place,
               {"a variant that replaces nothing", "source, patches, build or module in it", {}});
  if (variant.modules) check_modules(report, table, *variant.modules);
  if (variant.sources) check_sources(report, table, *variant.sources);
}

void check(Report& report, const Node& table, Recipe& recipe) {
  check_modules(report, table, recipe.modules);
  check_sources(report, table, recipe.sources);
  check_version(report, table);
  check_build(report, table, recipe.depends);
  for (const auto& variant : items_of(table, "variant")) check_build(report, variant, recipe.depends);
  for (const auto& dependency : recipe.depends) {
    if (dependency.name != recipe.name) continue;
    report.add(find(table, "depends")->place,
               {fmt::format("\"{}\" depends on itself", recipe.name), "other recipes", {}});
  }
}

}  // namespace kpkg::recipe
