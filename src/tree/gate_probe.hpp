// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"
#include "tree/gates.hpp"

#include <string>
#include <vector>

namespace kpkg::tree {

// Private to tree/: the gates that look at a module which is built in the tree to be looked at.

/// Compares the module's struct module with that of the kernel's own modules.
Point compared_layout(const abi::KernelFacts& kernel, const abi::Fingerprint& probe);

/// Compares the vermagic.
Point compared_vermagic(const abi::KernelFacts& kernel, const abi::Fingerprint& probe);

/// Compares the named types that the module was built with and the kernel has too.
Point compared_types(const abi::KernelFacts& kernel, const abi::Fingerprint& probe);

/// What the gates of the probe found, and what building it took.
struct ProbeFindings {
  std::vector<Point> points;
  Effort effort;

  bool operator==(const ProbeFindings&) const = default;
};

/// Where a probe is built.
struct ProbePlace {
  std::string root = "/";  ///< host directory of the root whose paths follow
  kernel::KernelTree tree;
  std::vector<std::string> visible = {};  ///< of the root: what the tree refers to
  std::string arch = {};                  ///< the kernel's word, "x86"
  std::string cross_prefix;               ///< CROSS_COMPILE; empty: for this machine
  std::string work;                       ///< of the host: a directory for this probe alone
  std::string log;                        ///< of the host: receives what the build prints

  bool operator==(const ProbePlace&) const = default;
};

/// Builds a module that includes the large headers, with debug information, in the tree, and compares types,
/// layout and vermagic.
///
/// Errors: build_failed: not even the smallest module builds in the tree; interrupted; no_space; permission,
/// io.
Result<ProbeFindings> prove_by_probe(const Subject& subject, const ProbePlace& place, const Means& means);

/// The same, in a tree that was made.
Result<ProbeFindings> prove_by_probe(const Subject& subject, Reconstruction& reconstruction,
                                     const Means& means);

}  // namespace kpkg::tree
