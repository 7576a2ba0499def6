// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "distro/dpkg.hpp"
#include "system/process.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::distro {

// Installing headers on this machine: of all that kpkg asks of apt, the one thing that changes the system.

/// The headers of one kernel, at the version of its image.
struct HeaderWish {
  PackageVersion headers;
  std::string image = {};  ///< the installed package of the kernel's image; empty: nobody owns it

  bool operator==(const HeaderWish&) const = default;
};

/// What apt will do, before it does it.
struct HeaderInstallation {
  PackageVersion headers;
  /// The flavour's package that brings the headers of later kernels, linux-headers-amd64; nothing: there is
  /// none, or it is installed already.
  std::optional<PackageVersion> metapackage = {};
  std::vector<PackageVersion> packages;  ///< all that is unpacked, the ones above first
  bool replaces = false;                 ///< another version of the headers is installed
  bool is_automatic = false;  ///< they may go with the kernel, as its image may: apt has that marked so
  std::vector<std::string> notes = {};

  bool operator==(const HeaderInstallation&) const = default;
};

/// Asks apt and dpkg what an installation of the headers would do; nothing is changed. With the metapackage
/// of the flavour, if an installed package of the same flavour brings the kernel: at that one's version, else
/// at apt's newest, else without it, with a note.
///
/// Errors: conflict: apt would remove packages, or install a kernel along; locked: another apt is at work;
/// not_found: no such version, or no apt; trust, network; invalid: not a package's name; interrupted; io.
Result<HeaderInstallation> plan_header_installation(system::Runner& runner, const system::Root& root,
                                                    const HeaderWish& wish);

/// Where an installation writes, and what it tells the hooks of packages.
struct InstallationPlace {
  std::string log;                            ///< of the host; replaced by what apt and dpkg say
  std::vector<std::string> environment = {};  ///< besides the usual: "NAME=value"
};

/// Installs with apt-get, which asks nothing and removes nothing. Once begun it is not stopped, also not by
/// the end of kpkg, so that dpkg's database stays whole. That apt-get complained of something else is no
/// failure where the headers are installed.
///
/// Errors: as plan_header_installation().
Status install_headers(system::Runner& runner, const system::Root& root,
                       const HeaderInstallation& installation, const InstallationPlace& place);

}  // namespace kpkg::distro
