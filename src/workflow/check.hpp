// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/verdict.hpp"
#include "workflow/judging.hpp"
#include "workflow/targets.hpp"

#include <span>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// A module file and what it asks and offers.
struct InspectedModule {
  std::string file;
  abi::Fingerprint fingerprint;
  std::string compression = {};  ///< of the file: "xz"; empty: none. The fingerprint is of what is inside
};

/// Reads a module file of the host, compressed or not.
///
/// Errors: not_found; corrupt: not a module, truncated, or larger than 64 MB.
Result<InspectedModule> inspect_file(const std::string& path);

/// The same of any file, for who asks what a kernel would say to it: what is wrong is in its shape.
///
/// Errors: permission, io, not_found: it cannot be read; corrupt: it is compressed, and damaged.
Result<InspectedModule> examine_file(const std::string& path);

/// Adds the types that the module was built with, if its file still has debug information.
///
/// Errors: io; interrupted.
Status add_debug_types(const Workspace& workspace, InspectedModule& module);

/// The file of a module that is installed for a kernel: one of kpkg's or the kernel's own, as modprobe would
/// find it.
///
/// Errors: not_found, with the nearest name.
Result<InspectedModule> inspect_installed(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const std::string& name);

/// The modules that kpkg has installed for a kernel of the root, but for those that are judged: they offer
/// symbols too, and a module is no companion of itself.
Result<std::vector<abi::Fingerprint>> installed_companions(const Workspace& workspace, const Target& target,
                                                           std::span<const InspectedModule> judged);

/// Judges the modules as a set for one kernel; what other recipes have installed for it counts as well, and
/// what becomes of each file on its way to the kernel.
/// What the verdicts took is in the target afterwards. Without an order two of them may be variants of one,
/// of which only one is loaded.
Result<std::vector<abi::Verdict>> check(const Workspace& workspace, Target& target,
                                        std::span<const InspectedModule> modules, LoadOrder order);

}  // namespace kpkg::workflow
