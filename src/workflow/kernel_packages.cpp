// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/kernel_packages.hpp"

#include "distro/apt.hpp"
#include "distro/headers.hpp"
#include "workflow/image_package.hpp"
#include "workflow/targets.hpp"

#include <algorithm>

namespace kpkg::workflow {

Result<std::optional<KernelPackages>> packages_of_kernel(const Workspace& workspace,
                                                         const kernel::Kernel& kernel,
                                                         const abi::KernelFacts& facts) {
  auto name = KPKG_TRY(distro::header_package_for(workspace.runner, workspace.root, kernel.release));
  if (!name) return std::optional<KernelPackages>{};
  auto image = KPKG_TRY(image_package(workspace, kernel, facts));
  KernelPackages packages{.headers = std::move(*name), .image = std::move(image)};
  const auto taken = KPKG_TRY(distro::architectures(workspace.runner));
  const auto architecture = package_word(facts);
  if (!architecture || taken.empty() || *architecture == taken.front()) return std::optional(packages);
  // Where apt does not take them, a package of this machine's may still be for that kernel: amd64 on i386.
  packages.is_taken = std::find(taken.begin(), taken.end(), *architecture) != taken.end();
  packages.architecture = *architecture;
  return std::optional(packages);
}

}  // namespace kpkg::workflow
