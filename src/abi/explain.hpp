// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fill.hpp"
#include "abi/verdict.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// What one message means, with the lines that only repeat it.
struct Explanation {
  std::string id = {};  ///< stable, as kpkg-abi(7) lists them
  Severity severity = Severity::note;
  std::string errno_name = {};             ///< what the loading program meets; empty: no error, or any
  std::vector<std::string> findings = {};  ///< the judge's names for what it may be
  Particulars found = {};                  ///< the names and values in the message
  std::string cause = {};
  std::string remedy = {};
  std::vector<std::string> lines = {};  ///< the message, then what follows from it; without times and hosts
  std::size_t times = 1;                ///< how often it stands in the text

  bool operator==(const Explanation&) const = default;
};

/// What a text means: a log, or what a program printed.
struct Explained {
  std::vector<Explanation> explanations = {};  ///< in the order of the text
  std::vector<std::string> unknown = {};       ///< lines that kpkg has no explanation for, each once

  bool operator==(const Explained&) const = default;
};

/// Explains every line of `text`, the lines about one attempt together: what only repeats another line is
/// told with that one.
Explained explain(std::string_view text);

}  // namespace kpkg::abi
