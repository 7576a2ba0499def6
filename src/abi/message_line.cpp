// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/message_line.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest_stamp = 40;  // "[Sat Nov 21 11:19:07 2026]", "[   12.345678][ T1234]"
constexpr std::size_t longest_syslog_head = 120;

/// pr_fmt of the loader's files: "module: " since 4.20, "Modules: " of arm64, "x86/modules: " since 5.8.
constexpr std::array<std::string_view, 3> loader_words = {"module: ", "Modules: ", "x86/modules: "};

/// "<4>" of a console, "4,1234,5678,-;" of /dev/kmsg.
std::size_t priority_length(std::string_view line) {
  if (line.starts_with('<')) {
    const auto end = line.find_first_not_of(digits, 1);
    return end != std::string_view::npos && end > 1 && line[end] == '>' ? end + 1 : 0;
  }
  const auto semicolon = line.find(';');
  if (semicolon == std::string_view::npos || semicolon > longest_stamp) return 0;
  const auto head = line.substr(0, semicolon);
  return std::count(head.begin(), head.end(), ',') >= 3 && digits.find(head.front()) != std::string_view::npos
             ? semicolon + 1
             : 0;
}

/// "[   12.345678]", "[ T1234]", "[Sat Nov 21 11:19:07 2026]": in brackets, short, with a digit.
std::size_t stamp_length(std::string_view line) {
  if (!line.starts_with('[')) return 0;
  const auto end = line.find(']');
  if (end == std::string_view::npos || end > longest_stamp) return 0;
  const auto inside = line.substr(1, end - 1);
  const bool is_time = inside.find_first_of(digits) != std::string_view::npos &&
                       inside.find_first_of("_/()") == std::string_view::npos;
  return is_time ? end + 1 : 0;
}

/// "kern  :warn  : " of dmesg -x.
std::size_t facility_length(std::string_view line) {
  if (!line.starts_with("kern ")) return 0;
  const auto first = line.find(':');
  const auto second = line.find(':', std::min(first, line.size() - 1) + 1);
  return second == std::string_view::npos || second > longest_stamp ? 0 : second + 1;
}

/// "Nov 21 11:19:07 host kernel: ", and its end alone.
std::size_t syslog_length(std::string_view line) {
  constexpr std::string_view mark = "kernel: ";
  const auto at = line.find(mark);
  if (at == std::string_view::npos || at > longest_syslog_head) return 0;
  const auto head = line.substr(0, at);
  const bool has_time = head.find(':') != std::string_view::npos &&
                        head.find_first_of(digits) != std::string_view::npos && head.ends_with(' ');
  return at == 0 || has_time ? at + mark.size() : 0;
}

std::size_t loader_word_length(std::string_view line) {
  const auto word = std::find_if(loader_words.begin(), loader_words.end(),
                                 [&](auto each) { return line.starts_with(each); });
  return word == loader_words.end() ? 0 : word->size();
}

}  // namespace

std::string_view message_in(std::string_view line) {
  line = trimmed(line);
  while (!line.empty()) {
    std::size_t length = 0;
    for (const auto measure :
         {priority_length, stamp_length, facility_length, syslog_length, loader_word_length})
      length = std::max(length, measure(line));
    if (length == 0) break;
    line = trimmed(line.substr(length));
  }
  return line;
}

}  // namespace kpkg::abi
