// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/kernel_place.hpp"
#include "system/sandbox.hpp"

#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// What a build sees besides the programs of this machine: headers, the kernel's modules, sources, what other
/// modules built, the administrator's files for the module. All of it read-only and under its own names; of
/// its own module nothing is seen where it builds and where its build goes.
Result<std::vector<system::Bind>> binds_of(const Site& site, const Task& task, const KernelPlace& place,
                                           system::SandboxStrength strength);

}  // namespace kpkg::dkmsbuild
