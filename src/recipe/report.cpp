// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/report.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kpkg::recipe {

Report::Report(std::string_view file_name) : file_(file_name) {}

void Report::add(Place place, Complaint complaint) {
  if (is_full()) {
    ++dropped_;
    return;
  }
  mistakes_.push_back({.file = file_,
                       .line = place.line,
                       .column = place.column,
                       .message = std::move(complaint.message),
                       .expected = std::move(complaint.expected),
                       .suggestion = std::move(complaint.suggestion)});
}

std::vector<Mistake> Report::take() {
  const auto in_file_order = [](const Mistake& left, const Mistake& right) {
    return std::tie(left.line, left.column) < std::tie(right.line, right.column);
  };
  std::stable_sort(mistakes_.begin(), mistakes_.end(), in_file_order);
  if (dropped_ > 0) {
    Mistake rest = mistakes_.back();
    rest.message = counted(dropped_, "more mistake");
    rest.expected = rest.suggestion = "";
    mistakes_.push_back(std::move(rest));
  }
  return std::move(mistakes_);
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.size() <= longest) return replaced(printable(text), "\n", "\\n");
  return replaced(printable(text.substr(0, longest)), "\n", "\\n") + "...";
}

}  // namespace kpkg::recipe
