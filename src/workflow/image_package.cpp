// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/image_package.hpp"

#include "distro/dpkg.hpp"
#include "distro/headers.hpp"
#include "tree/upstream_version.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kpkg::workflow {

Result<distro::ImagePackage> image_package(const Workspace& workspace, const kernel::Kernel& kernel,
                                           const abi::KernelFacts& facts) {
  std::vector<std::string> paths;
  if (!kernel.module_directory.empty())
    paths = {kernel.image.value_or("/boot/vmlinuz-" + kernel.release), "/lib/modules/" + kernel.release};
  for (const auto& path : paths) {
    auto owner = KPKG_TRY(distro::owner_of(workspace.runner, workspace.root, path));
    if (!owner || !distro::header_package_of_image(*owner)) continue;
    auto version = KPKG_TRY(distro::package_version(workspace.runner, workspace.root, *owner));
    if (version) return distro::ImagePackage{*std::move(owner), *std::move(version)};
  }
  auto version = tree::package_version_in_banner(facts.identity.banner.value_or(""));
  return distro::ImagePackage{"", version.value_or("")};
}

}  // namespace kpkg::workflow
