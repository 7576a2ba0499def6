// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::recipe {

// ASCII only, whatever the locale says.
inline constexpr std::string_view digits = "0123456789";
inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::string_view name_characters = "0123456789abcdefghijklmnopqrstuvwxyz+._-";
inline constexpr std::string_view word_characters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

/// Whether `text` has at least one character, and none but these.
bool consists_of(std::string_view text, std::string_view characters);

bool is_digit(char character);

bool is_letter_or_digit(char character);

/// Whether `text` is a name in C and in an environment: a word that does not begin with a digit.
bool is_identifier(std::string_view text);

}  // namespace kpkg::recipe
