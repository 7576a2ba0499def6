// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"
#include "dkmsbuild/engine.hpp"

namespace kpkg::dkms {

/// `dkms ldtarball` of a package of rpm: rpm installs it, then all that is missing is installed. 9: rpm could
/// not.
Result<ExitStatus> install_package(const Context& context, dkmsbuild::Engine& engine);

}  // namespace kpkg::dkms
