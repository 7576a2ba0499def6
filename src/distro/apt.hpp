// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "system/process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::distro {

// Questions to apt. It is always the apt of this machine, with its sources and keys, also when kpkg works on
// another root (--root): a package for an image of another release is named with its exact version, or comes
// by url.

/// Which package to bring, and where to.
struct PackageRequest {
  std::string name;
  std::optional<std::string> version;  ///< exact; nothing: the candidate
  std::string directory;               ///< made if it is absent
  std::string architecture = {};       ///< dpkg's word, "arm64"; empty: this machine's

  bool operator==(const PackageRequest&) const = default;
};

/// A package that was brought and is not installed.
struct DownloadedPackage {
  std::string file;  ///< path of the .deb
  std::string name;
  std::string version;  ///< with its epoch
  std::string architecture;
  crypto::Digest digest;  ///< as the signed lists say, and as the file is

  bool operator==(const DownloadedPackage&) const = default;
};

/// Brings the package with `apt-get download`, which checks it against the signed lists; never an
/// unauthenticated one. Any user may do it. apt's lock is not needed, so it works from a hook.
///
/// Errors: not_found: no such package or version (the hint names the nearest, or says that apt has no lists);
/// trust: not authenticated, or the digest differs; network; invalid: not a package's name; interrupted; io.
Result<DownloadedPackage> download_package(system::Runner& runner, const PackageRequest& request);

/// The architectures whose packages apt takes, in dpkg's words, this machine's first; none without apt.
Result<std::vector<std::string>> architectures(system::Runner& runner);

/// The version that apt would install now, or nothing if it knows no such package.
Result<std::optional<std::string>> candidate_version(system::Runner& runner, const std::string& name);

}  // namespace kpkg::distro
