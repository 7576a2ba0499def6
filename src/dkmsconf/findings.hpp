// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/remark.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::dkmsconf {

// Private to dkmsconf/.

/// What is said about a configuration, in its order, and whether any of it makes it bad.
struct Findings {
  std::vector<Remark> remarks;
  bool is_bad = false;

  void error(std::string_view what) {
    remarks.push_back(conf_error_remark(what));
    is_bad = true;
  }

  /// What a file printed itself; nothing if it printed nothing.
  void repeat(const std::string& said) {
    if (!said.empty()) remarks.push_back({.stream = Stream::errors, .text = said});
  }

  bool operator==(const Findings&) const = default;
};

}  // namespace kpkg::dkmsconf
