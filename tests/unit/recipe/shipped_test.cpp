// SPDX-License-Identifier: GPL-2.0-or-later
#include "a_recipe.hpp"
#include "recipe/parse.hpp"
#include "recipe/schema.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace kpkg;
using namespace kpkg::recipe;

namespace {

const std::filesystem::path source_dir = KPKG_SOURCE_DIR;

std::string a_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The mistakes of every file in recipes/, a line each.
std::string mistakes_of_shipped_recipes() {
  std::string texts;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir / "recipes")) {
    if (entry.path().extension() != ".toml") continue;
    const auto parsed = parse(a_file(entry.path()), entry.path().filename().string());
    for (const auto& mistake : parsed.mistakes) texts += mistake.text() + "\n";
  }
  return texts;
}

/// The keys of the format that `text` does not name in bold, each on a line with its table.
std::string keys_missing_in(const std::string& text) {
  std::string missing;
  for (const auto& table : schema()) {
    for (const auto& key : table.keys) {
      if (text.find("*" + std::string(key.name) + "*") == std::string::npos)
        missing += std::string(table.name) + " " + std::string(key.name) + "\n";
    }
  }
  return missing;
}

/// The keys of the format without a help text.
std::string keys_without_help() {
  std::string missing;
  for (const auto& table : schema()) {
    for (const auto& key : table.keys) {
      if (key.help.empty()) missing += std::string(key.name) + "\n";
    }
  }
  return missing;
}

Recipe a_shipped_recipe(const std::string& name) {
  return parse(a_file(source_dir / "recipes" / (name + ".toml")), name).recipe.value_or(Recipe{});
}

/// What stands between the first pair of ``` lines of the manual page.
std::string an_example_of(const std::string& page) {
  const std::string fence = "\n```\n";
  const auto start = page.find(fence) + fence.size();
  return page.substr(start, page.find(fence, start) + 1 - start);
}

}  // namespace

TEST_CASE("no recipe that is shipped has a mistake") {
  CHECK(mistakes_of_shipped_recipes() == "");
}

TEST_CASE("tty0tty comes from one commit whose tree is known") {
  const auto recipe = a_shipped_recipe("tty0tty");

  REQUIRE(recipe.sources.size() == 1);
  CHECK(recipe.sources[0].kind() == SourceKind::git);
  CHECK(recipe.sources[0].tree.size() == 40);
  CHECK(recipe.build.value_or(Build{}).directory == "module");
}

TEST_CASE("v4l2loopback comes from the distribution, which tells its version") {
  const auto recipe = a_shipped_recipe("v4l2loopback");

  REQUIRE(recipe.sources.size() == 1);
  CHECK(recipe.sources[0].kind() == SourceKind::apt);
  CHECK_FALSE(recipe.version.has_value());
}

TEST_CASE("the manual page explains every key of the format") {
  CHECK(keys_missing_in(a_file(source_dir / "docs" / "man" / "kpkg-recipe.5.scd")) == "");
}

TEST_CASE("the example of the manual page is a recipe without a mistake") {
  CHECK(mistakes_of(an_example_of(a_file(source_dir / "docs" / "man" / "kpkg-recipe.5.scd"))) == "");
}

TEST_CASE("every key of the format has a help text") {
  CHECK(keys_without_help() == "");
}

TEST_CASE("the schema tells type, presence and form of a key") {
  const auto tables = schema();

  REQUIRE(tables.size() == 11);
  CHECK(tables[0].keys[1] == Key{"name", ValueType::text, Presence::required,
                                 "lower-case letters, digits and +._- after a letter or digit, at most 100",
                                 "the recipe's name"});
  CHECK(tables[1].name == "[[source]]");
  CHECK(tables[1].keys[5].type == ValueType::text_list);
}
