// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/characters.hpp"

namespace kpkg::recipe {

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_digit(char character) {
  return digits.find(character) != std::string_view::npos;
}

bool is_letter_or_digit(char character) {
  return character != '_' && word_characters.find(character) != std::string_view::npos;
}

bool is_identifier(std::string_view text) {
  return consists_of(text, word_characters) && !is_digit(text.front());
}

}  // namespace kpkg::recipe
