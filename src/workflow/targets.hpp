// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "distro/distribution.hpp"
#include "kernel/configuration.hpp"
#include "kernel/kernel.hpp"
#include "recipe/resolve.hpp"
#include "workflow/workspace.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// A kernel that a command works on, with all that was learned of it.
struct Target {
  kernel::Kernel kernel;
  abi::KernelFacts facts;
  crypto::Digest identity;  ///< over everything of the kernel and its tree that a build depends on
  std::optional<kernel::Configuration> configuration;
  kernel::Configuration tree_configuration;  ///< what its headers were configured with; names the compiler
  std::string arch;                          ///< the kernel's word
  std::vector<std::string> notes;            ///< doubts about what was learned
};

/// The kernels that were named, or the default with the reason for it.
struct Selection {
  std::vector<kernel::Kernel> kernels;
  std::string reason;  ///< why these; empty: they were named

  bool operator==(const Selection&) const = default;
};

/// Errors: not_found: no such kernel, or none at all.
Result<Selection> select_kernels(const Workspace& workspace, const std::vector<std::string>& names);

/// Learns what a build and a verdict need to know of a kernel.
Result<Target> learn_target(const Workspace& workspace, const kernel::Kernel& kernel);

/// What a recipe's conditions are answered with.
recipe::KernelConditions conditions_of(const Target& target, const distro::Distribution& distribution);

/// The Error of a kernel without a usable tree, naming the package that has its headers.
Error no_tree_error(const Workspace& workspace, const kernel::Kernel& kernel);

}  // namespace kpkg::workflow
