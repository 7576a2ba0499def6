// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/parse.hpp"

#include <string>
#include <string_view>

namespace kpkg::recipe {

/// The nine lines of the smallest recipe with a source of its own; what follows begins on line 10, at the top
/// level of no table: it must open one.
inline const std::string small_recipe =
    "format = 1\n"
    "name = \"thing\"\n"
    "version = \"1.0\"\n"
    "summary = \"A thing\"\n"
    "[[source]]\n"
    "url = \"https://example.org/thing.tar.gz\"\n"
    "sha256 = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\n"
    "[[module]]\n"
    "name = \"thing\"\n";

/// The smallest recipe, with `text` in front of it and so at the top of the file, each line moving it down.
inline std::string a_recipe_with(std::string_view text) {
  return std::string(text) + small_recipe;
}

/// The smallest recipe, followed by `text`, which begins on line 10.
inline std::string a_recipe_and(std::string_view text) {
  return small_recipe + std::string(text);
}

/// The smallest recipe whose [[source]] is `text`, which begins on line 6.
inline std::string a_recipe_from(std::string_view text) {
  return "format = 1\nname = \"thing\"\nversion = \"1.0\"\nsummary = \"A thing\"\n[[source]]\n" +
         std::string(text) + "\n[[module]]\nname = \"thing\"\n";
}

/// The mistakes of `text`, a line each, from a file called x.toml.
inline std::string mistakes_of(std::string_view text) {
  std::string texts;
  for (const auto& mistake : parse(text, "x.toml").mistakes) texts += mistake.text() + "\n";
  return texts;
}

}  // namespace kpkg::recipe
