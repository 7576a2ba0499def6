// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/nesting.hpp"

#include <algorithm>
#include <array>

namespace kpkg::recipe {
namespace {

/// A recipe needs four brackets, and keys of two parts.
constexpr std::size_t most_open_brackets = 16;
constexpr std::size_t most_dots_in_line = 16;

constexpr std::array<std::string_view, 4> string_marks = {"\"\"\"", "'''", "\"", "'"};

std::string_view mark_at(std::string_view text) {
  const auto* found = std::find_if(string_marks.begin(), string_marks.end(),
                                   [&](std::string_view mark) { return text.starts_with(mark); });
  return found == string_marks.end() ? std::string_view{} : *found;
}

/// The length of the string at the front of `text`, which begins with `mark`. A string of one line ends
/// with its line at the latest: toml++ stops there too.
/// Source: TOML 1.0, "String"; only strings in double quotes have escapes.
std::size_t string_length(std::string_view text, std::string_view mark) {
  std::size_t at = mark.size();
  while (at < text.size()) {
    if (text.substr(at).starts_with(mark)) return at + mark.size();
    if (mark.size() == 1 && text[at] == '\n') return at;
    at += text[at] == '\\' && mark.front() == '"' ? 2 : 1;
  }
  return text.size();
}

/// What is open at one point of a text.
struct Nesting {
  Place place;
  std::size_t brackets = 0;
  std::size_t dots = 0;

  void pass(char character) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '\n') {
      place = {.line = place.line + 1, .column = 1};
      dots = 0;
    } else if ((code & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }

  void open_or_close(char character) {
    if (character == '[' || character == '{') ++brackets;
    if ((character == ']' || character == '}') && brackets > 0) --brackets;
    if (character == '.') ++dots;
  }

  bool is_excessive() const { return brackets > most_open_brackets || dots > most_dots_in_line; }
};

}  // namespace

std::optional<Place> excessive_nesting(std::string_view text) {
  Nesting nesting;
  while (!text.empty()) {
    std::size_t length = 1;
    const auto mark = mark_at(text);
    if (!mark.empty())
      length = string_length(text, mark);
    else if (text.front() == '#')
      length = std::min(text.find('\n'), text.size());
    else
      nesting.open_or_close(text.front());
    if (nesting.is_excessive()) return nesting.place;
    for (const char character : text.substr(0, length)) nesting.pass(character);
    text.remove_prefix(std::min(length, text.size()));
  }
  return std::nullopt;
}

}  // namespace kpkg::recipe
