// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/find.hpp"

#include "base/version.hpp"
#include "kernel/image.hpp"
#include "kernel/module_list.hpp"
#include "kernel/path.hpp"
#include "kernel/tree.hpp"

#include <algorithm>

namespace kpkg::kernel {
namespace {

/// Whether the name can be a release: visible characters only, as kbuild and every hook demand.
bool can_be_release(std::string_view name) {
  return !name.starts_with('.') && std::all_of(name.begin(), name.end(), [](char character) {
    return character > ' ' && character < '\x7f' && character != '/';
  });
}

/// Where kernels keep modules: one place in a root with merged /usr, else up to two.
Result<std::vector<std::string>> module_places(const system::Root& root) {
  std::vector<std::string> places;
  for (const std::string path : {"/lib/modules", "/usr/lib/modules"}) {
    auto place = KPKG_TRY(follow(root, path));
    if (place.path && std::find(places.begin(), places.end(), *place.path) == places.end())
      places.push_back(std::move(*place.path));
  }
  return places;
}

Result<std::optional<std::string>> find_configuration(const system::Root& root, const Kernel& kernel) {
  std::vector<std::string> candidates = {"/boot/config-" + kernel.release,
                                         kernel.module_directory + "/config"};
  // After the files: they belong to the modules on disk, which may be newer than the kernel that runs.
  if (kernel.is_running) candidates.emplace_back("/proc/config.gz");
  for (auto& candidate : candidates) {
    const auto place = KPKG_TRY(follow(root, candidate));
    if (!place.path) continue;
    const auto status = KPKG_TRY(root.status(*place.path));
    if (status && status->type == system::FileType::regular) return std::optional(std::move(candidate));
  }
  return std::optional<std::string>{};
}

/// Trouble with one tree is said of that kernel and hides none of the others.
void add_tree(const system::Root& root, Kernel& kernel) {
  auto search = find_tree(root, kernel.release, kernel.module_directory);
  if (!search) {
    kernel.tree_problem = search.error().text();
    return;
  }
  kernel.tree = std::move(search->tree);
  kernel.tree_problem = std::move(search->problem);
}

Result<Kernel> describe(const system::Root& root, const system::Host& host, Kernel kernel) {
  kernel.has_modules = KPKG_TRY(has_module(root, kernel.module_directory));
  kernel.is_running = root.is_host() && kernel.release == host.release;
  kernel.image = KPKG_TRY(find_image(root, kernel.release, kernel.module_directory));
  kernel.configuration = KPKG_TRY(find_configuration(root, kernel));
  add_tree(root, kernel);
  return kernel;
}

/// The kernels of one place that are not in `kernels` yet; of two directories for one release the one with
/// modules counts.
Status add_kernels(const system::Root& root, const system::Host& host, const std::string& place,
                   std::vector<Kernel>& kernels) {
  const auto entries = KPKG_TRY(root.list(place));
  if (!entries) return {};
  for (const auto& entry : *entries) {
    if (!can_be_release(entry.name)) continue;
    const auto real = KPKG_TRY(follow(root, place + "/" + entry.name));
    if (!real.path) continue;
    const auto status = KPKG_TRY(root.status(*real.path));
    if (!status || status->type != system::FileType::directory) continue;
    auto kernel = KPKG_TRY(describe(root, host, {.release = entry.name, .module_directory = *real.path}));
    const auto known = std::find_if(kernels.begin(), kernels.end(),
                                    [&](const auto& other) { return other.release == kernel.release; });
    if (known == kernels.end())
      kernels.push_back(std::move(kernel));
    else if (kernel.has_modules && !known->has_modules)
      *known = std::move(kernel);
  }
  return {};
}

}  // namespace

Result<std::vector<Kernel>> find_kernels(const system::Root& root, const system::Host& host) {
  std::vector<Kernel> kernels;
  const auto places = KPKG_TRY(module_places(root));
  for (const auto& place : places)
    KPKG_TRY(add_kernels(root, host, place, kernels).within("looking for kernels in " + root.directory()));
  std::stable_sort(kernels.begin(), kernels.end(), [](const auto& left, const auto& right) {
    return compare_versions(left.release, right.release) > 0;
  });
  return kernels;
}

}  // namespace kpkg::kernel
