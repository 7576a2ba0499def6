// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/uninstaller.hpp"

#include "dkmsbuild/depmod.hpp"
#include "dkmsbuild/file_changes.hpp"
#include "dkmsbuild/kernel_place.hpp"
#include "dkmsbuild/module_files.hpp"
#include "dkmsbuild/originals.hpp"
#include "dkmsbuild/script.hpp"
#include "dkmsbuild/version_sanity.hpp"
#include "dkmstree/change.hpp"

#include <fmt/format.h>

namespace kpkg::dkmsbuild {

Uninstaller::Uninstaller(const Site& site, ConfReader& reader, const Choices& choices, const Task& task)
    : site_(site), reader_(reader), choices_(choices), task_(task), places_(places_of(site.framework)) {}

Result<ExitStatus> Uninstaller::uninstall() {
  const auto& root = site_.workspace.root;
  say_line(site_.printer, fmt::format("Module {} for kernel {} ({}):", task_.id.of().text(),
                                      task_.id.target.kernel, task_.id.target.arch));
  suffix_ = ModuleFiles::find(site_, task_.id.target.kernel).suffix();
  const auto reading =
      KPKG_TRY(reader_.read_or_refuse(conf_request(task_, dkmsconf::Purpose::looking), site_.printer));
  if (reading.status != 0) return reading.status;
  const auto now = KPKG_TRY(dkmstree::read_module(root, places_, task_.id.module));
  const bool was_active = now.is_installed(task_.id.version, task_.id.target);
  say_line(site_.printer, was_active ? "Before uninstall, this module version was ACTIVE on this kernel."
                                     : "This module version was INACTIVE for this kernel.");
  if (was_active) KPKG_TRY(remove_files(reading.conf));
  if (was_active) KPKG_TRY(unlink());
  KPKG_TRY(run_script(site_, task_.id.of(),
                      {.type = "post_remove", .words = reading.conf.scripts.post_remove, .environment = {}}));
  KPKG_TRY(index(reading.conf));
  if (was_active) KPKG_TRY(drop_archived(site_, task_.id));
  return 0;
}

Status Uninstaller::take_back() {
  KPKG_TRY(uninstall());
  say_error(site_.printer, {"Problems with depmod detected. Automatically uninstalling this module.",
                            "Install Failed (depmod problems). Module rolled back to built state."});
  return {};
}

/// Where the module is installed, if what is there has the version of what was built; empty: nowhere.
Result<std::string> Uninstaller::location_of(const dkmsconf::ConfModule& module) const {
  const auto& root = site_.workspace.root;
  const auto built =
      KPKG_TRY(module_file(root, places_.directory_of(task_.id) + "/module", module.installed_name, suffix_));
  const auto ours = built.empty() ? ModuleVersion() : KPKG_TRY(version_of(root, built));
  const auto modules = fmt::format("{}/{}", site_.framework.install_tree, task_.id.target.kernel);
  for (const auto& location : {module.installed_location, module.declared_location}) {
    const auto file = KPKG_TRY(module_file(root, modules + location, module.installed_name, suffix_));
    if (file.empty()) continue;
    const auto theirs = KPKG_TRY(version_of(root, file));
    if (theirs.version == ours.version) return location;
  }
  return std::string();
}

Status Uninstaller::remove_files(const dkmsconf::Conf& conf) {
  const auto modules = fmt::format("{}/{}", site_.framework.install_tree, task_.id.target.kernel);
  FileChanges changes{.module = task_.id.module,
                      .version = task_.id.version,
                      .kernel = task_.id.target.kernel,
                      .puts = {},
                      .removals = {}};
  std::vector<std::string> lines;
  for (const auto& module : conf.modules) {
    const auto location = KPKG_TRY(location_of(module));
    const auto file = fmt::format("{}{}/{}.ko", modules, location, module.installed_name);
    lines.push_back(location.empty() ? fmt::format("Module {}.ko{} was not found within {}/",
                                                   module.installed_name, suffix_, modules)
                                     : fmt::format("Deleting {}{}", file, suffix_));
    if (location.empty()) continue;
    for (const auto* ending : {"", ".gz", ".xz", ".zst"}) changes.removals.push_back(file + ending);
  }
  KPKG_TRY(mark_pending(site_, task_.id.target, choices_.depmod));
  KPKG_TRY(change_files(site_, changes));
  for (std::size_t index = 0; index < conf.modules.size(); ++index) {
    say_line(site_.printer, lines[index]);
    KPKG_TRY(put_back(site_, task_.id, conf.modules[index], suffix_));
  }
  return {};
}

Status Uninstaller::unlink() {
  const auto& root = site_.workspace.root;
  const auto now = KPKG_TRY(dkmstree::read_module(root, places_, task_.id.module));
  return dkmstree::perform(root, dkmstree::steps_to_unlink(places_, now, task_.id));
}

Status Uninstaller::index(const dkmsconf::Conf& conf) {
  if (choices_.depmod == Depmod::delay) return mark_pending(site_, task_.id.target, choices_.depmod);
  const auto status = KPKG_TRY(run_depmod(site_, task_.id.target.kernel, conf.package_name, choices_.depmod));
  // DKMS goes on whatever depmod said.
  if (status == 0 && choices_.depmod != Depmod::later) return clear_pending(site_, task_.id.target);
  return {};
}

}  // namespace kpkg::dkmsbuild
