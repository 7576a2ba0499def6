// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings/pattern.hpp"

#include <optional>
#include <utility>

namespace kpkg::settings {

bool fits_pattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  // Where the last star is, and the text that it does not stand for: on a difference it takes one more.
  std::optional<std::pair<std::size_t, std::size_t>> star;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = {in_pattern++, at};
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star) {
      in_pattern = star->first + 1;
      at = ++star->second;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

}  // namespace kpkg::settings
