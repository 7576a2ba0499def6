// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "build/first_error.hpp"

#include <string_view>

namespace kpkg::build {

// Private to build/: what the messages of compilers, make and kbuild mean, as data.

/// One message that is known.
struct ErrorRule {
  std::string_view part;     ///< stands in the line
  std::string_view another;  ///< stands in it, too; may be empty
  BuildErrorKind kind = BuildErrorKind::other;
  std::string_view remedy;
};

/// The first rule that fits `line`, or nullptr.
const ErrorRule* rule_for(std::string_view line);

/// `error`, found in `line`, with the kind and the remedy that a rule knows for it.
BuildError explained(BuildError error, std::string_view line);

}  // namespace kpkg::build
