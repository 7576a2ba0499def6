// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/file_place.hpp"

#include "base/text.hpp"
#include "install/depmod_order.hpp"
#include "workflow/module_index.hpp"

#include <algorithm>
#include <set>

namespace kpkg::workflow {
namespace {

constexpr std::string_view own_directory = "updates/kpkg";

/// The file that modprobe finds under a name, below the kernel's directory of modules; empty: none.
std::string file_in(std::string_view dependencies, const std::string& key) {
  while (!dependencies.empty()) {
    const auto line = dependencies.substr(0, std::min(dependencies.find('\n'), dependencies.size()));
    const auto file = line.substr(0, std::min(line.find(':'), line.size()));
    if (module_name_of(file) == key) return std::string(file);
    dependencies.remove_prefix(std::min(line.size() + 1, dependencies.size()));
  }
  return {};
}

/// The file of that name that modprobe prefers to `module`; empty: none.
Result<std::string> shadow_of(const Workspace& workspace, const kernel::Kernel& kernel,
                              const InspectedModule& module) {
  const auto key = module_key(module.fingerprint.name);
  const auto list = KPKG_TRY(workspace.root.read_if_present(kernel.module_directory + "/modules.dep"));
  const auto found = file_in(list.value_or(""), key);
  if (found.empty()) return std::string();
  const auto directory = KPKG_TRY(workspace.root.host_path(kernel.module_directory)) + "/";
  const auto file = KPKG_TRY(system::canonical_path(module.file));
  // One of a directory that depmod.d calls external stands there with its whole path.
  const bool is_external = found.starts_with('/');
  const auto path = is_external ? found : kernel.module_directory + "/" + found;
  if (file.starts_with(directory)) return file == directory + found ? std::string() : path;
  const auto order = KPKG_TRY(install::depmod_order(workspace.root, kernel.release, {key}));
  const auto place = is_external ? std::string("external") : found.substr(0, found.rfind('/'));
  return install::prefers(order, place, own_directory) ? path : std::string();
}

}  // namespace

Result<abi::FilePlace> place_of(const Workspace& workspace, const Target& target,
                                const InspectedModule& module) {
  abi::FilePlace place{.compression = module.compression};
  const bool has_files = target.facts_file.empty() && !module.fingerprint.name.empty();
  if (has_files) place.shadowed_by = KPKG_TRY(shadow_of(workspace, target.kernel, module));
  return place;
}

}  // namespace kpkg::workflow
