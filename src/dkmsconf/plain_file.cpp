// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/plain_file.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace kpkg::dkmsconf {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view blanks = " \t";
constexpr std::string_view harmless_marks = "-./:+,@%=^";

/// Characters of patterns of file names. A backslash is one for bash 5.
constexpr std::string_view pattern_marks = "*?[\\";

/// What a backslash takes its meaning from, in double quotes.
constexpr std::string_view escapable = "\"$`\\";

/// What may follow a dollar sign that stands for itself: the end of a regular expression.
constexpr std::string_view after_dollar = ")| ";

/// Variables that are something else than what was assigned to them, or decide how the others are taken.
constexpr std::array<std::string_view, 7> special = {"IFS",          "RANDOM",        "SRANDOM", "SECONDS",
                                                     "EPOCHSECONDS", "EPOCHREALTIME", "LINENO"};
constexpr std::array<std::string_view, 3> special_starts = {"BASH", "DKMS_DIRECTIVE", "kpkg_"};

bool is_in(char character, std::string_view set) {
  return set.find(character) != std::string_view::npos;
}

bool is_harmless_mark(char character) {
  return is_in(character, letters) || is_in(character, digits) || is_in(character, harmless_marks);
}

/// The identifier that `text` begins with; empty: none.
std::string_view identifier(std::string_view text) {
  if (text.empty() || !is_in(text.front(), letters)) return {};
  const auto end = std::find_if(text.begin(), text.end(), [](char character) {
    return !is_in(character, letters) && !is_in(character, digits);
  });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

bool is_ordinary(std::string_view name) {
  return std::find(special.begin(), special.end(), name) == special.end() &&
         std::none_of(special_starts.begin(), special_starts.end(),
                      [&](auto start) { return name.starts_with(start); });
}

/// The index in brackets that `text` begins with, or nothing: it has none; npos: it is no plain one.
std::size_t index_length(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  const auto end = text.find_first_not_of(digits, 1);
  return end != std::string_view::npos && end > 1 && text[end] == ']' ? end + 1 : std::string_view::npos;
}

using Names = std::set<std::string, std::less<>>;

/// What stands between the quotes of a value, judged character by character.
class Content {
 public:
  Content(std::string_view text, const Names& known) : text_(text), known_(known) {}

  bool is_plain() {
    while (place_ < text_.size() && is_fine_) step();
    return is_fine_ && are_patterns_fine();
  }

  /// Whether what was assigned may stand in other values.
  bool can_be_referred_to() const {
    return !has_lone_dollar_ && text_.find_first_of(pattern_marks) == text_.npos;
  }

 private:
  void step() {
    const char character = text_[place_++];
    const bool is_control = static_cast<unsigned char>(character) < ' ' && character != '\t';
    if (is_control || character == '`' || character == '"') is_fine_ = false;
    if (character == '\\') is_fine_ = place_ < text_.size() && !is_in(text_[place_], escapable);
    if (character == '$') read_reference();
  }

  void read_reference() {
    const auto rest = text_.substr(place_);
    const bool has_brace = rest.starts_with('{');
    const auto name = identifier(has_brace ? rest.substr(1) : rest);
    if (name.empty()) {
      has_lone_dollar_ = true;
      is_fine_ = rest.empty() || is_in(rest.front(), after_dollar);
      return;
    }
    is_fine_ = known_.count(name) != 0;
    place_ += name.size();
    if (!has_brace) return;
    const auto index = index_length(rest.substr(1 + name.size()));
    const auto end = index == std::string_view::npos ? index : 1 + name.size() + index;
    is_fine_ = is_fine_ && end < rest.size() && rest[end] == '}';
    if (is_fine_) place_ += 2 + index;
  }

  /// The first word has "NAME[0]=" before it and so names no file; others are patterns of the directory that
  /// bash is in, which is empty, unless they lead elsewhere.
  bool are_patterns_fine() const {
    const auto first = text_.find_first_of(blanks);
    if (first == std::string_view::npos) return true;
    const auto others = words(text_.substr(first));
    return std::none_of(others.begin(), others.end(), [](const auto& word) {
      return word.find_first_of(pattern_marks) != std::string::npos &&
             word.find_first_of("/$") != std::string::npos;
    });
  }

  std::string_view text_;
  const Names& known_;
  std::size_t place_ = 0;
  bool is_fine_ = true;
  bool has_lone_dollar_ = false;
};

/// What is assigned, without its quotes; nothing: it is not plain.
std::optional<std::string_view> assigned(std::string_view value) {
  const bool is_quoted = value.starts_with('"') || value.starts_with('\'');
  auto end = is_quoted ? value.find(value.front(), 1) : value.find_first_of(blanks);
  if (is_quoted && end == std::string_view::npos) return std::nullopt;
  if (end == std::string_view::npos) end = value.size();
  const auto content = is_quoted ? value.substr(1, end - 1) : value.substr(0, end);
  const auto rest = value.substr(end + (is_quoted ? 1 : 0));
  const auto after = trimmed(rest);
  if (!after.empty() && !(after.starts_with('#') && is_in(rest.front(), blanks))) return std::nullopt;
  const bool is_bare_fine = std::all_of(content.begin(), content.end(), [](char character) {
    return is_harmless_mark(character) || is_in(character, "${}");
  });
  return is_quoted || is_bare_fine ? std::optional(content) : std::nullopt;
}

bool is_plain_line(std::string_view line, Names& known) {
  const auto name = identifier(line);
  if (name.empty() || !is_ordinary(name)) return false;
  const auto index = index_length(line.substr(name.size()));
  if (index == std::string_view::npos) return false;
  auto rest = line.substr(name.size() + index);
  if (!rest.starts_with('=')) return false;
  const auto value = assigned(rest.substr(1));
  if (!value) return false;
  Content content(*value, known);
  if (!content.is_plain()) return false;
  if (content.can_be_referred_to())
    known.insert(std::string(name));
  else
    known.erase(std::string(name));
  return true;
}

}  // namespace

bool is_harmless(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char character) { return is_harmless_mark(character) || character == ' '; });
}

bool is_plain(std::string_view text, std::set<std::string, std::less<>>& known) {
  const auto all = lines(text);
  return std::all_of(all.begin(), all.end(), [&](const auto& line) {
    const auto content = trimmed(line);
    return content.empty() || content.starts_with('#') || is_plain_line(content, known);
  });
}

}  // namespace kpkg::dkmsconf
