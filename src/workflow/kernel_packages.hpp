// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "distro/kernel_sources.hpp"
#include "kernel/kernel.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>

namespace kpkg::workflow {

/// The distribution's packages of one kernel.
struct KernelPackages {
  std::string headers;            ///< "linux-headers-6.1.0-56-amd64"
  distro::ImagePackage image;     ///< whose version is its headers' too
  std::string architecture = {};  ///< of the kernel, if it is not this machine's: dpkg's word
  bool is_taken = true;           ///< whether apt takes packages of that architecture

  bool operator==(const KernelPackages&) const = default;
};

/// Told by dpkg's database of the root, and by the kernel itself where nobody owns its image; nothing where
/// packages are not Debian's. Whether apt has them is another question. Errors: io.
Result<std::optional<KernelPackages>> packages_of_kernel(const Workspace& workspace,
                                                         const kernel::Kernel& kernel,
                                                         const abi::KernelFacts& facts);

}  // namespace kpkg::workflow
