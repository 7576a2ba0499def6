// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "distro/apt.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::distro {

/// The packages that together are the headers of one kernel, brought and not installed.
struct HeaderPackages {
  std::vector<DownloadedPackage> packages;  ///< the one that was asked for first
  std::vector<std::string> notes;  ///< where a version is not the one that was wanted, one clause each

  bool operator==(const HeaderPackages&) const = default;
};

/// Brings a header package and, again and again, what it depends on of the same kernel: linux-headers-… and
/// linux-kbuild-…, each once. What they need of the rest of the system (a compiler, libraries) is left out.
///
/// Versions: where one is named exactly, that one and no other. Where it is left open, that of the package
/// which depends on it, since they were built together, else the candidate. For the first one, the version
/// that was asked for; if it is no longer offered, the candidate, with a note. The architecture is for the
/// first one alone: the others are for this machine, whose programs they hold, or for all.
///
/// Errors: as download_package(); those of dependencies_of().
Result<HeaderPackages> download_header_packages(system::Runner& runner, const PackageRequest& request);

}  // namespace kpkg::distro
