// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/process.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::distro {

// Questions to dpkg about a root. The dpkg-query of this machine reads the database of the root (--admindir),
// so any user can ask, and the root's own programs are not run. Without dpkg there are no packages: nothing.

/// The package that installed `path` (absolute inside the root), or nothing. Of several, the first that dpkg
/// names; without ":architecture". A root with merged /usr is asked for both spellings of the path.
Result<std::optional<std::string>> owner_of(system::Runner& runner, const system::Root& root,
                                            std::string_view path);

/// The version of an installed package, or nothing if it is not installed or only its configuration is left.
Result<std::optional<std::string>> package_version(system::Runner& runner, const system::Root& root,
                                                   const std::string& name);

/// A package at one version.
struct PackageVersion {
  std::string name;
  std::string version;

  bool operator==(const PackageVersion&) const = default;
};

/// The installed packages that depend on the package, in dpkg's order.
Result<std::vector<PackageVersion>> dependents_of(system::Runner& runner, const system::Root& root,
                                                  const std::string& name);

/// Whether `name` can be a package's name, so that it is safe on a command line. Source: Debian Policy 5.6.1.
bool is_package_name(std::string_view name);

/// Whether `version` can be a package's version: digits, letters and . + - ~, and a colon after the epoch.
/// Source: Debian Policy 5.6.12.
bool is_package_version(std::string_view version);

}  // namespace kpkg::distro
