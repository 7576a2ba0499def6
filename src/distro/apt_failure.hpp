// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.hpp"
#include "system/process.hpp"

#include <string>
#include <vector>

namespace kpkg::distro {

/// Private to distro/: what apt-get is run with, always: a complete environment and no unauthenticated
/// archive.
system::Command apt_command(std::string program, std::vector<std::string> arguments);

/// Private to distro/: why apt-get failed to download or to install WANTED, told from what it wrote under
/// LC_ALL=C.UTF-8.
Error apt_failure(system::Runner& runner, const std::string& wanted, const system::Outcome& outcome);

}  // namespace kpkg::distro
