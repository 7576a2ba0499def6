// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/process.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::distro {

/// The package that a person should install to get the headers of a kernel, or nothing where packages are not
/// Debian's.
///
/// Told from the package that owns /boot/vmlinuz-RELEASE (or lib/modules/RELEASE); where nobody owns it, from
/// the release and the distribution. Whether apt has the package is another question: candidate_version().
Result<std::optional<std::string>> header_package_for(system::Runner& runner, const system::Root& root,
                                                      const std::string& release);

/// The headers' package that belongs to an image's package, or nothing if it is no package of a kernel:
/// "linux-image-current-sunxi64" has "linux-headers-current-sunxi64".
std::optional<std::string> header_package_of_image(std::string_view image_package);

/// The likely headers' package of a release whose image nobody owns.
enum class Vendor { debian, armbian };
std::string header_package_of_release(std::string_view release, Vendor vendor);

}  // namespace kpkg::distro
