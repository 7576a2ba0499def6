// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/explain.hpp"

#include "abi/message_line.hpp"
#include "abi/message_pattern.hpp"
#include "abi/messages.hpp"
#include "abi/tool_errors.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

namespace kpkg::abi {
namespace {

/// No message of the kernel is longer than 1 KiB (LOG_LINE_MAX); what is longer is not one.
constexpr std::size_t longest_message = 4096;

/// How the programs name the module that they could not load.
constexpr std::array<std::string_view, 7> tool_patterns = {
    "insert module '{module}':", "insert module {module}:", "insert '{module}':",  "load module {module} (",
    "load module {module}:",     "inserting '{module}':",   "inserting {module} ("};

/// A line with what it means; `row` is nothing for what a tool says of an errno.
struct Known {
  Explanation explanation;
  const MessageRow* row = nullptr;
};

bool has_word(std::string_view list, std::string_view word) {
  const auto all = words(list);
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::optional<Particulars> match_any(std::string_view patterns, std::string_view line) {
  while (!patterns.empty()) {
    const auto pattern = patterns.substr(0, patterns.find('\n'));
    if (auto found = match(pattern, line)) return found;
    patterns.remove_prefix(std::min(pattern.size() + 1, patterns.size()));
  }
  return std::nullopt;
}

Known known_message(const MessageRow& row, Particulars found, std::string_view line) {
  if (row.refine != nullptr) row.refine(found);
  Explanation explanation{.id = std::string(row.id),
                          .severity = row.severity,
                          .errno_name = std::string(row.errno_name),
                          .findings = words(row.findings),
                          .cause = filled(row.cause, found),
                          .remedy = filled(row.remedy, found),
                          .lines = {std::string(line)}};
  explanation.found = std::move(found);
  return {std::move(explanation), &row};
}

Known known_error(const ToolError& error, std::string_view line) {
  Explanation explanation{.id = std::string(error.id),
                          .severity = error.severity,
                          .errno_name = std::string(error.errno_name),
                          .findings = words(error.findings),
                          .cause = std::string(error.cause),
                          .remedy = std::string(error.remedy),
                          .lines = {std::string(line)}};
  for (const auto pattern : tool_patterns) {
    auto found = match(pattern, line);
    if (!found) continue;
    explanation.found = *std::move(found);
    break;
  }
  return {std::move(explanation), nullptr};
}

/// `whole` is the line with what logs put before it.
std::optional<Known> known(std::string_view line, std::string_view whole) {
  if (line.size() > longest_message) return std::nullopt;
  for (const auto table : messages())
    for (const auto& row : table)
      if (auto found = match_any(row.patterns, line)) return known_message(row, *std::move(found), line);
  for (const auto text : {line, whole})
    if (const auto* error = tool_error_in(text)) return known_error(*error, line);
  const auto& other = message_of_other_errno();
  if (auto found = match_any(other.patterns, line)) return known_message(other, *std::move(found), line);
  return std::nullopt;
}

/// Two names agree if they are the same, or one of them was not told.
bool agree(std::string_view left, std::string_view right) {
  return left.empty() || right.empty() || module_key(left) == module_key(right);
}

bool is_about_the_same(const Explanation& left, const Explanation& right) {
  return agree(left.found.module, right.found.module) && agree(left.found.symbol, right.found.symbol);
}

/// Of several bad symbols the last one's errno counts, so a program may meet either.
/// Source: linux kernel/module, simplify_symbols().
bool fits_errno(const std::string& told, const std::string& met) {
  const auto of_symbols = [](const std::string& name) { return name == "EINVAL" || name == "ENOENT"; };
  return told == met || (of_symbols(told) && of_symbols(met));
}

/// Puts explanations together. Owns those that are made so far.
class Explainer {
 public:
  /// Takes a message, and the line of the text that it stands in.
  void take(std::string_view line, std::string_view whole) {
    auto found = known(line, whole);
    if (!found) {
      if (seen_.emplace(line, 0).second) unknown_.emplace_back(line);
      return;
    }
    if (counts_again(line) || follows(*found)) return;
    seen_.emplace(line, known_.size());
    known_.push_back(*std::move(found));
  }

  Explained finish() {
    Explained explained{.explanations = {}, .unknown = std::move(unknown_)};
    std::vector<bool> is_told;
    for (const auto& each : known_)
      is_told.push_back(each.row == nullptr && is_told_by_kernel(each.explanation));
    for (std::size_t i = 0; i < known_.size(); ++i)
      if (!is_told[i]) explained.explanations.push_back(std::move(known_[i].explanation));
    return explained;
  }

 private:
  bool counts_again(std::string_view line) {
    const auto same = seen_.find(line);
    if (same == seen_.end()) return false;
    ++known_[same->second].explanation.times;
    return true;
  }

  /// Adds a line that only repeats another one to that one.
  bool follows(const Known& later) {
    if (later.row == nullptr || later.row->follows.empty()) return false;
    const auto earlier = std::find_if(known_.rbegin(), known_.rend(), [&](const auto& each) {
      return has_word(later.row->follows, each.explanation.id) &&
             is_about_the_same(each.explanation, later.explanation);
    });
    if (earlier == known_.rend()) return false;
    auto& lines = earlier->explanation.lines;
    const auto& line = later.explanation.lines.front();
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
    return true;
  }

  /// What a program says of an errno is no news where the kernel has said why. Adds it to the kernel's words.
  bool is_told_by_kernel(const Explanation& of_tool) {
    const auto reason = std::find_if(known_.begin(), known_.end(), [&](const auto& each) {
      return each.row != nullptr && each.explanation.severity == of_tool.severity &&
             fits_errno(each.explanation.errno_name, of_tool.errno_name) &&
             agree(each.explanation.found.module, of_tool.found.module);
    });
    if (reason == known_.end()) return false;
    reason->explanation.lines.push_back(of_tool.lines.front());
    return true;
  }

  std::map<std::string, std::size_t, std::less<>> seen_;  // lines, and where those that are known are
  std::vector<Known> known_;
  std::vector<std::string> unknown_;
};

}  // namespace

Explained explain(std::string_view text) {
  Explainer explainer;
  for (const auto& line : lines(text))
    if (const auto message = message_in(line); !message.empty()) explainer.take(message, line);
  return explainer.finish();
}

}  // namespace kpkg::abi
