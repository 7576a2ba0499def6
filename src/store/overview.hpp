// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"
#include "store/builds.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::store {

/// What is known of one version of a recipe on one kernel: a line of `kpkg status`.
struct OverviewLine {
  std::string recipe;
  std::string version;
  std::string kernel;  ///< release; empty: wanted, but never built for any kernel
  bool is_wanted = false;
  std::int64_t build = 0;                 ///< the newest one; 0: never built
  std::optional<BuildOutcome> outcome;    ///< of the newest build
  std::int64_t built = 0;                 ///< when it started, seconds since the epoch
  std::string first_error;                ///< of the newest build
  std::int64_t installed_modules = 0;     ///< how many files are installed
  std::optional<abi::Decision> decision;  ///< the worst of the newest build's artifacts
  std::string overridden_by;              ///< of a verdict on them
  std::string last_load;                  ///< the newest outcome of an installed module; empty: never tried
  TreeRecord tree;                        ///< of the build that is installed, else of the newest
  std::string allowed_by;                 ///< the flag that let an installed module in; empty: it took none

  bool operator==(const OverviewLine&) const = default;
};

/// Every recipe, version and kernel that was built, installed or is wanted, by name, version and kernel; one
/// query.
Result<std::vector<OverviewLine>> overview(Store& store);

}  // namespace kpkg::store
