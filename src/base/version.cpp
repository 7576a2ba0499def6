// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/version.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace kpkg {
namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

/// The weight of a non-digit: tilde sorts before the end, letters before other characters.
int weight(char character) {
  if (character == '~') return -1;
  if (std::isalpha(static_cast<unsigned char>(character)) != 0) return character;
  return static_cast<unsigned char>(character) + 256;
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits == "0" ? std::string_view{} : digits;
}

constexpr std::array<std::pair<std::string_view, VersionBound::Relation>, 5> relations = {{
    {"<=", VersionBound::Relation::less_equal},
    {">=", VersionBound::Relation::greater_equal},
    {"<", VersionBound::Relation::less},
    {">", VersionBound::Relation::greater},
    {"=", VersionBound::Relation::equal},
}};

/// The leading part of `version` with as many dotted numbers as `pattern` has: ("6.1.55-amd64", "6.1") is
/// "6.1".
std::string as_deep_as(std::string_view pattern, std::string_view version) {
  const auto depth = std::count(pattern.begin(), pattern.end(), '.');
  std::size_t end = 0;
  for (std::ptrdiff_t dots = 0; end < version.size(); ++end) {
    if (version[end] == '.' && dots++ == depth) break;
    if (version[end] != '.' && !is_digit(version[end])) break;
  }
  return std::string(version.substr(0, end));
}

bool holds(const VersionBound& bound, std::string_view version) {
  const bool numeric = std::all_of(bound.version.begin(), bound.version.end(),
                                   [](char character) { return character == '.' || is_digit(character); });
  const auto compared = numeric ? as_deep_as(bound.version, version) : std::string(version);
  const auto order = compare_versions(compared, bound.version);
  switch (bound.relation) {
    case VersionBound::Relation::less: return order < 0;
    case VersionBound::Relation::less_equal: return order <= 0;
    case VersionBound::Relation::equal: return order == 0;
    case VersionBound::Relation::greater_equal: return order >= 0;
    case VersionBound::Relation::greater: return order > 0;
  }
  return false;
}

std::string_view sign_of(VersionBound::Relation relation) {
  const auto* found = std::find_if(relations.begin(), relations.end(),
                                   [&](const auto& entry) { return entry.second == relation; });
  return found->first;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    while ((!left.empty() && !is_digit(left.front())) || (!right.empty() && !is_digit(right.front()))) {
      const int left_weight = left.empty() || is_digit(left.front()) ? 0 : weight(left.front());
      const int right_weight = right.empty() || is_digit(right.front()) ? 0 : weight(right.front());
      if (left_weight != right_weight) return left_weight <=> right_weight;
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
    const auto left_number = take_digits(left);
    const auto right_number = take_digits(right);
    if (left_number.size() != right_number.size()) return left_number.size() <=> right_number.size();
    if (left_number != right_number) return left_number.compare(right_number) <=> 0;
  }
  return std::strong_ordering::equal;
}

Result<VersionRange> VersionRange::parse(std::string_view text) {
  VersionRange range;
  auto rest = trimmed(text);
  while (!rest.empty()) {
    VersionBound bound;
    for (const auto& [sign, relation] : relations) {
      if (!rest.starts_with(sign)) continue;
      bound.relation = relation;
      rest = trimmed(rest.substr(sign.size()));
      break;
    }
    const auto end = std::min(rest.find_first_of(" \t,"), rest.size());
    bound.version = rest.substr(0, end);
    if (bound.version.empty() || !is_digit(bound.version.front()))
      return fail(ErrorKind::invalid, fmt::format("\"{}\" is not a range of versions", text),
                  "write bounds such as \">=6.4 <6.12\"");
    range.bounds.push_back(std::move(bound));
    rest.remove_prefix(end);
    while (!rest.empty() && (rest.front() == ',' || rest.front() == ' ' || rest.front() == '\t'))
      rest.remove_prefix(1);
  }
  return range;
}

bool VersionRange::admits(std::string_view version) const {
  return std::all_of(bounds.begin(), bounds.end(),
                     [&](const VersionBound& bound) { return holds(bound, version); });
}

std::string VersionRange::text() const {
  std::vector<std::string> parts;
  for (const auto& bound : bounds)
    parts.push_back(fmt::format("{}{}", sign_of(bound.relation), bound.version));
  return join(parts, " ");
}

}  // namespace kpkg
