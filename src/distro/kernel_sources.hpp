// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "distro/distribution.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::distro {

/// A kernel's package, and what it was built of.
struct ImagePackage {
  std::string name;     ///< "linux-image-6.1.0-56-amd64"; empty: only the kernel itself tells its version
  std::string version;  ///< "6.1.192-2"; empty: nobody tells it

  bool operator==(const ImagePackage&) const = default;
};

/// A package with the source of a kernel.
struct SourcePackage {
  std::string name;     ///< "linux-source-6.1"
  std::string version;  ///< exact: another one is of another kernel

  bool operator==(const SourcePackage&) const = default;
};

/// The packages that may hold the source of exactly this kernel, the likeliest first; none if nobody tells
/// the version of its own package. Whether apt has them is another question.
///
/// `upstream` is the version that the kernel was built of, "6.1.192".
std::vector<SourcePackage> source_packages_of(const ImagePackage& image, std::string_view release,
                                              std::string_view upstream, const Distribution& distribution);

/// Whether a package of this name and version has the source of a kernel whose package has the version
/// `image_version`.
bool is_of_image(const SourcePackage& source, std::string_view release, std::string_view image_version);

}  // namespace kpkg::distro
