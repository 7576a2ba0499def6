// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/recipe.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// One thing that is wrong in a recipe file, and where.
struct Mistake {
  std::string file;
  std::size_t line = 1;
  std::size_t column = 1;  ///< in characters, from 1
  std::string message;     ///< what is wrong, naming the key
  std::string expected;    ///< what was expected; may be empty
  std::string suggestion;  ///< what was most likely meant; may be empty

  /// One line: `tty0tty.toml:12:1: unknown key "sumary"; did you mean "summary"?`.
  std::string text() const;

  bool operator==(const Mistake&) const = default;
};

/// What reading a recipe yields: a recipe exactly when there is no mistake.
struct ParsedRecipe {
  std::optional<Recipe> recipe;
  std::vector<Mistake> mistakes;  ///< in the order of the file, at most `most_mistakes` and one that says so

  bool operator==(const ParsedRecipe&) const = default;
};

/// More bytes than any recipe has; a longer text is refused unread.
inline constexpr std::size_t largest_recipe = std::size_t{1} << 20U;

/// More mistakes than anyone reads; the rest is only counted.
inline constexpr std::size_t most_mistakes = 100;

/// The recipe in `text`, which is format 1 of kpkg-recipe(5), or all of its mistakes; of TOML syntax only the
/// first.
///
/// `file_name` is repeated in the mistakes and not opened. Any bytes are safe to give.
ParsedRecipe parse(std::string_view text, std::string_view file_name);

/// What `kpkg recipe lint` prints: every mistake on a line and a closing line that counts them.
std::string lint_text(const ParsedRecipe& parsed, std::string_view file_name);

}  // namespace kpkg::recipe
