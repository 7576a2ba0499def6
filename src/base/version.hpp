// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg {

/// Orders two version texts as people expect: digits by value, letters by alphabet, `~` before everything.
///
/// Source: Debian Policy 5.6.12, without epoch and revision; "6.12.0-rc1" sorts after "6.12.0", as `sort -V`
/// has it.
std::strong_ordering compare_versions(std::string_view left, std::string_view right);

/// One bound such as ">=6.4". "=6.1" also matches "6.1.55-amd64": a bound is compared only as deep as it is
/// written.
struct VersionBound {
  enum class Relation { less, less_equal, equal, greater_equal, greater };

  Relation relation = Relation::equal;
  std::string version;

  bool operator==(const VersionBound&) const = default;
};

/// Bounds that must all hold; an empty list admits everything.
struct VersionRange {
  std::vector<VersionBound> bounds;

  /// Reads ">=6.4 <6.12", "= 5.10" or "6.1" (the same as "=6.1").
  /// Errors: invalid: a relation without a version, or a version that does not begin with a digit.
  static Result<VersionRange> parse(std::string_view text);

  bool admits(std::string_view version) const;
  std::string text() const;

  bool operator==(const VersionRange&) const = default;
};

}  // namespace kpkg
