// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/healing.hpp"

#include "dkmsbuild/records.hpp"
#include "dkmstree/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::dkms {
namespace {

constexpr std::array<std::string_view, 4> suffixes = {".ko", ".ko.zst", ".ko.xz", ".ko.gz"};

Result<bool> has_module(const Context& context, const std::string& directory, const std::string& name) {
  for (const auto suffix : suffixes)
    if (KPKG_TRY(context.root().real_path(fmt::format("{}/{}{}", directory, name, suffix)))) return true;
  return false;
}

Result<dkmsconf::Conf> conf_of(const Context& context, const dkmstree::BuildId& id) {
  return context.reader.read_silently(
      dkmsbuild::conf_request(task_in_tree(context, id), dkmsconf::Purpose::looking));
}

Result<bool> is_in_kernel(const Context& context, const dkmstree::BuildId& id,
                          const dkmstree::Destination& destination) {
  const auto kernel = context.places.install_tree + "/" + id.target.kernel;
  for (const auto& location : destination.locations)
    if (KPKG_TRY(has_module(context, kernel + location, destination.name))) return true;
  return false;
}

}  // namespace

std::vector<dkmstree::Destination> destinations_of(const dkmsconf::Conf& conf) {
  std::vector<dkmstree::Destination> found;
  for (const auto& module : conf.modules) {
    if (module.is_excluded) continue;
    dkmstree::Destination destination{.name = module.installed_name,
                                      .locations = {module.installed_location}};
    if (module.declared_location != module.installed_location)
      destination.locations.push_back(module.declared_location);
    found.push_back(std::move(destination));
  }
  return found;
}

Result<bool> has_vanished(const Context& context, const dkmstree::BuildId& id) {
  const auto conf = KPKG_TRY(conf_of(context, id));
  if (conf.standing != dkmsconf::Standing::valid || !conf.is_installed_by_itself) return false;
  for (const auto& destination : destinations_of(conf)) {
    if (KPKG_TRY(is_in_kernel(context, id, destination))) continue;
    if (!KPKG_TRY(dkmsbuild::was_left_out(context.site, id, destination.name))) return true;
  }
  return false;
}

Status forget_vanished(const Context& context, const dkmstree::BuildId& id) {
  const auto module = KPKG_TRY(module_now(context, id.module));
  KPKG_TRY(dkmstree::perform(context.root(), dkmstree::steps_to_unlink(context.places, module, id)));
  const auto conf = KPKG_TRY(conf_of(context, id));
  const auto built = context.places.directory_of(id) + "/module";
  for (const auto& destination : destinations_of(conf)) {
    if (KPKG_TRY(has_module(context, built, destination.name))) continue;
    const auto now = KPKG_TRY(module_now(context, id.module));
    const auto steps = KPKG_TRY(dkmstree::steps_to_drop(context.places, now, id));
    return dkmstree::perform(context.root(), steps);
  }
  return {};
}

}  // namespace kpkg::dkms
