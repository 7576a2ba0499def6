// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// `text` with each absolute path that leads to or below one of `directories` ("/usr/src/linux-headers-6.1")
/// led to the same place below `top`; `top` is "/var/cache/kpkg/trees/6.1/packages".
std::string relocated(std::string_view text, const std::vector<std::string>& directories,
                      std::string_view top);

/// Makes header packages that were unpacked to the directory `packages` of the host, with the layout that
/// they have in a root, work where `top` is their root: absolute paths in the Makefiles at the top of their
/// trees, which Debian's have, are led there. Relative links work as they are.
///
/// Errors: permission, no_space, io. Source: the packages linux-headers-* of Debian 11 to 14.
Status relocate_packages(const std::string& packages, std::string_view top);

}  // namespace kpkg::tree
