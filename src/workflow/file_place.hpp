// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/file_place.hpp"
#include "workflow/check.hpp"

namespace kpkg::workflow {

/// Private to workflow/: what modprobe of the root makes of a file of the host. One that is not among the
/// kernel's modules is taken for one that kpkg will install.
///
/// Errors: permission, io.
Result<abi::FilePlace> place_of(const Workspace& workspace, const Target& target,
                                const InspectedModule& module);

}  // namespace kpkg::workflow
