// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// A tree that was unpacked of packages which nobody installed.
struct PackagedTree {
  kernel::KernelTree tree;
  std::vector<std::string> packages;  ///< "linux-headers-6.1.0-56-amd64 6.1.192-2", the flavour's first
  std::vector<std::string> notes;     ///< doubts whether they are of this kernel's version, one clause each

  bool operator==(const PackagedTree&) const = default;
};

/// A tree of packages, or why there is none.
struct PackagedTreeSearch {
  std::optional<PackagedTree> tree;
  std::string problem;  ///< one clause; empty if there is a tree
  std::string hint;     ///< what to do about it; may be empty

  bool operator==(const PackagedTreeSearch&) const = default;
};

/// Downloads the header packages of the kernel, at the version of its image, and unpacks them to
/// `destination`, a path in the root ("/var/cache/kpkg/trees/6.1.0-56-amd64/packages"). What was there stays
/// until everything is unpacked; a failure leaves it, but who is killed between two renames leaves nothing
/// there. Nothing is installed. Whether the tree describes the kernel is for its
/// attestation to say.
///
/// The caller holds the lock: what an earlier run left beside the destination when it was killed is removed.
/// That the root is not Debian's or that apt has no such package is an answer. Errors: network; trust: not
/// authenticated; corrupt: a package is damaged or hostile, or has no tree; no_space; interrupted;
/// permission, io.
Result<PackagedTreeSearch> unpack_packaged_tree(const Workspace& workspace, const kernel::Kernel& kernel,
                                                const abi::KernelFacts& facts,
                                                const std::string& destination);

}  // namespace kpkg::workflow
