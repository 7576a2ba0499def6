// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/toolchain.hpp"
#include "system/sandbox.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// What DKMS has exported when it runs a script of a build or of an installation: "module=dahdi", "CC=gcc",
/// and each --directive.
std::vector<std::string> script_environment(const Task& task, const Toolchain& toolchain);

/// What the file of the root exports when bash sources it, "NAME=value"; nothing if it is absent. It is
/// sourced in the sandbox, and what it prints is dropped.
Result<std::vector<std::string>> exported_by(const Site& site, const std::string& file,
                                             const system::Sandbox& sandbox);

}  // namespace kpkg::dkmsbuild
