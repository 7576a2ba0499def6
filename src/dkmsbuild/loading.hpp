// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <string>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// Loads what the devices of this machine ask for, if modprobe_on_install wants it and the kernel runs.
Status load_for_devices(const Site& site, const std::string& kernel);

}  // namespace kpkg::dkmsbuild
