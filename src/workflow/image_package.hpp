// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "distro/kernel_sources.hpp"
#include "kernel/kernel.hpp"
#include "workflow/workspace.hpp"

namespace kpkg::workflow {

/// The package that a kernel's image is of, whose version is that of its headers and its source too: what
/// dpkg says of the root, else the version that the kernel's own banner tells. Of a kernel that is elsewhere
/// the root knows nothing: it has no module directory, and its banner is asked alone.
Result<distro::ImagePackage> image_package(const Workspace& workspace, const kernel::Kernel& kernel,
                                           const abi::KernelFacts& facts);

}  // namespace kpkg::workflow
