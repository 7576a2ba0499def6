// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "build/build.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::build {

// Private to build/: picks up what a build made. Everything there was written by a stranger.

struct Collection {
  std::vector<BuiltModule> modules;
  std::optional<std::string> symvers;
  std::optional<BuildError> problem;  ///< a module is missing, ambiguous, too large, or not in the directory

  bool operator==(const Collection&) const = default;
};

/// The modules `wanted` below `directory`; every module there if none is named.
///
/// A module is at its path, else NAME.ko at the top, else the only NAME.ko anywhere below; dashes and
/// underscores are equal. `source` is the private copy: no link may lead out of it.
Result<Collection> collect(const std::string& source, const std::string& directory,
                           const std::vector<recipe::Module>& wanted);

}  // namespace kpkg::build
