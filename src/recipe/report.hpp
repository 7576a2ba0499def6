// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/parse.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// A character of the recipe file; both count from 1.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;

  auto operator<=>(const Place&) const = default;
};

/// What a mistake says besides where it is.
struct Complaint {
  std::string message;
  std::string expected;
  std::string suggestion;
};

/// Collects the mistakes of one file. Guards that a hostile file cannot make it large.
class Report {
 public:
  explicit Report(std::string_view file_name);

  void add(Place place, Complaint complaint);

  /// Whether further mistakes are only counted, so that a suggestion for one would be wasted work.
  bool is_full() const { return mistakes_.size() >= most_mistakes; }

  bool has_mistakes() const { return !mistakes_.empty(); }

  /// The mistakes in the order of the file; the report is spent afterwards.
  std::vector<Mistake> take();

 private:
  std::string file_;
  std::vector<Mistake> mistakes_;
  std::size_t dropped_ = 0;
};

/// `text` from a recipe as it may be shown: no control characters, not longer than a line.
std::string shown(std::string_view text);

}  // namespace kpkg::recipe
