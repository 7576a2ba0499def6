// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::distro {

/// A package that another one needs.
struct Dependency {
  std::string name;           ///< without ":any"
  std::string relation = {};  ///< "=", ">=", …; empty: any version will do
  std::string version = {};

  bool operator==(const Dependency&) const = default;
};

/// Reads the text of a Depends: of alternatives the first one, as apt prefers it; what is no package's name
/// is passed over. Source: Debian Policy 7.1.
std::vector<Dependency> parse_dependencies(std::string_view text);

/// What the archive `file` (.deb) says that it depends on.
///
/// Errors: not_found: dpkg-deb is not there; io: it is no package; interrupted.
Result<std::vector<Dependency>> dependencies_of(system::Runner& runner, const std::string& file);

}  // namespace kpkg::distro
