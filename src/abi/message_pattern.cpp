// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/message_pattern.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

constexpr std::string_view no_part_of_modules = " \t:'\"`()[],;";

bool is_part_of_symbol(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '.' || character == '$';
}

std::string module_called(std::string_view text) {
  const auto slash = text.find_last_of('/');
  if (slash != std::string_view::npos) text.remove_prefix(slash + 1);
  return std::string(text.substr(0, text.find(".ko")));
}

/// One step of a pattern: a placeholder (empty: none, "*": left out) and the literal text after it.
struct Step {
  std::string_view placeholder;
  std::string_view literal;
};

Step next_step(std::string_view& pattern) {
  Step step;
  if (pattern.starts_with('*')) {
    step.placeholder = pattern.substr(0, 1);
    pattern.remove_prefix(1);
  } else if (pattern.starts_with('{')) {
    const auto close = pattern.find('}');
    step.placeholder = pattern.substr(1, close - 1);
    pattern.remove_prefix(close + 1);
  }
  step.literal = pattern.substr(0, pattern.find_first_of("{*"));
  pattern.remove_prefix(step.literal.size());
  return step;
}

/// The length of what a placeholder stands for at the front of `line`, or npos if it cannot be.
std::size_t length_of(const Step& step, std::string_view line) {
  if (step.placeholder.empty()) return 0;
  if (step.placeholder == "module") return std::min(line.find_first_of(no_part_of_modules), line.size());
  if (step.placeholder == "symbol")
    return static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_part_of_symbol) -
                                    line.begin());
  return step.literal.empty() ? line.size() : line.find(step.literal);
}

void keep(const Step& step, std::string_view text, Particulars& found) {
  if (step.placeholder.empty() || step.placeholder == "*") return;
  value_named(step.placeholder, found) =
      step.placeholder == "module" ? module_called(text) : std::string(text);
}

/// Whether `pattern` fits at the front of `line`.
bool match_rest(std::string_view pattern, std::string_view line, Particulars& found) {
  while (!pattern.empty()) {
    const auto step = next_step(pattern);
    const auto length = length_of(step, line);
    if (length == std::string_view::npos) return false;
    keep(step, line.substr(0, length), found);
    line.remove_prefix(length);
    if (!line.starts_with(step.literal)) return false;
    line.remove_prefix(step.literal.size());
  }
  return true;
}

/// Where a name that ends at `end` begins.
std::size_t name_start(std::string_view line, std::size_t end) {
  const auto before = line.substr(0, end).find_last_of(no_part_of_modules);
  return before == std::string_view::npos ? 0 : before + 1;
}

}  // namespace

std::optional<Particulars> match(std::string_view pattern, std::string_view line) {
  const auto first = next_step(pattern);
  for (auto at = line.find(first.literal); at != std::string_view::npos;
       at = line.find(first.literal, at + 1)) {
    Particulars found;
    if (first.placeholder == "module") {
      const auto start = name_start(line, at);
      found.module = module_called(line.substr(start, at - start));
    }
    if (match_rest(pattern, line.substr(at + first.literal.size()), found)) return found;
  }
  return std::nullopt;
}

}  // namespace kpkg::abi
