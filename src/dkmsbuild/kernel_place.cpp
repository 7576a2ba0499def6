// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/kernel_place.hpp"

#include "kernel/find.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace kpkg::dkmsbuild {
namespace {

constexpr ExitStatus status_no_headers = 21;

}  // namespace

Result<KernelPlace> kernel_place(const Site& site, const Task& task) {
  const auto& root = site.workspace.root;
  KernelPlace place{.source_dir = task.kernel_source_dir, .config = task.kernel_config};
  if (place.source_dir.empty())
    place.source_dir = fmt::format("{}/{}/build", site.framework.install_tree, task.id.target.kernel);
  if (!place.config.empty()) return place;
  place.config = place.source_dir + "/include/config/auto.conf";
  if (!KPKG_TRY(root.real_path(place.config))) place.config = place.source_dir + "/.config";
  return place;
}

Result<std::optional<kernel::Kernel>> known_kernel(const Site& site, const std::string& release) {
  const auto& workspace = site.workspace;
  const auto place = KPKG_TRY(workspace.root.real_path(site.framework.install_tree + "/" + release));
  for (auto& kernel : KPKG_TRY(kernel::find_kernels(workspace.root, workspace.host)))
    if (kernel.release == release && kernel.module_directory == place)
      return std::optional(std::move(kernel));
  return std::optional<kernel::Kernel>();
}

Result<ExitStatus> check_headers(const Site& site, const Task& task, const KernelPlace& place) {
  if (KPKG_TRY(site.workspace.root.real_path(place.source_dir + "/include"))) return 0;
  const auto& kernel = task.id.target.kernel;
  const auto modules = fmt::format("{}/{}", site.framework.install_tree, kernel);
  say_error(site.printer,
            {fmt::format("Your kernel headers for kernel {} cannot be found at {}/build or {}/source.",
                         kernel, modules, modules),
             fmt::format("Please install your distribution's kernel headers package matching {}, or use the "
                         "--kernelsourcedir option to tell DKMS where it's located.",
                         kernel)});
  return status_no_headers;
}

Result<std::string> module_file(const system::Root& root, const std::string& directory,
                                const std::string& name, const std::string& suffix) {
  for (const auto& file :
       {fmt::format("{}/{}.ko", directory, name), fmt::format("{}/{}.ko{}", directory, name, suffix)})
    if (KPKG_TRY(root.real_path(file))) return file;
  return std::string();
}

}  // namespace kpkg::dkmsbuild
