// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/originals.hpp"

#include "base/path.hpp"
#include "base/text.hpp"
#include "distro/dpkg.hpp"
#include "dkmsbuild/kernel_place.hpp"
#include "dkmstree/change.hpp"
#include "dkmstree/contents.hpp"

#include <fmt/format.h>

#include <vector>

namespace kpkg::dkmsbuild {
namespace {

/// Whether the file must stay where it is.
Result<bool> stays(const Site& site, const std::string& top, const std::string& file) {
  if (file.starts_with(top + "/kernel/")) return true;
  const auto& workspace = site.workspace;
  const auto owner = KPKG_TRY(distro::owner_of(workspace.runner, workspace.root, file));
  return owner.has_value();
}

Status move(const system::Root& root, const std::string& from, const std::string& to) {
  const auto bytes = KPKG_TRY(root.read(from, largest_module));
  KPKG_TRY(root.make_directories(parent_of(to)));
  KPKG_TRY(root.write(to, bytes));
  return root.remove(from);
}

/// Puts back a module of which it is noted where it was.
Status put_back_noted(const Site& site, const std::string& kernel, const dkmstree::OriginalModule& original) {
  const auto note = original.path + ".origin";
  const auto place = lines(*original.origin);
  const auto origin = place.empty() ? std::string() : place.front();
  const auto top = fmt::format("{}/{}/", site.framework.install_tree, kernel);
  const bool leads_out = ("/" + origin + "/").find("/../") != std::string::npos;
  if (!origin.starts_with(top) || leads_out) {
    say_warning(site.printer, {fmt::format("Bad original location '{}' in {}", origin, note)});
    return {};
  }
  say_line(site.printer, "Restoring archived original module " + origin);
  KPKG_TRY(move(site.workspace.root, original.path, origin));
  return site.workspace.root.remove(note);
}

}  // namespace

Result<std::optional<std::string>> file_to_archive(const Site& site, const std::string& kernel,
                                                   const ModuleFiles& all, const Newcomer& newcomer) {
  const auto& root = site.workspace.root;
  const auto top = fmt::format("{}/{}", site.framework.install_tree, kernel);
  std::vector<std::string> files;
  for (const auto& location : {std::string("/extra"), std::string("/updates"), newcomer.location})
    files.push_back(KPKG_TRY(module_file(root, top + location, newcomer.name, newcomer.suffix)));
  const auto others = all.named(newcomer.name);
  files.insert(files.end(), others.begin(), others.end());
  for (const auto& file : files)
    if (!file.empty() && !KPKG_TRY(stays(site, top, file))) return std::optional(file);
  return std::optional<std::string>();
}

Status archive(const Site& site, const dkmstree::BuildId& id, const std::string& file) {
  const auto& root = site.workspace.root;
  const auto kept = places_of(site.framework).originals_of(id.module, id.target);
  say_line(site.printer, fmt::format("Found pre-existing {}, archiving for uninstallation", file));
  const auto bytes = KPKG_TRY(root.read(file, largest_module));
  KPKG_TRY(root.make_directories(kept));
  const auto copy = fmt::format("{}/{}", kept, last_of(file));
  KPKG_TRY(root.write(copy + ".origin", file + "\n"));
  return root.write(copy, bytes);
}

Result<bool> is_archived(const Site& site, const dkmstree::BuildId& id, const Newcomer& newcomer) {
  const auto kept = places_of(site.framework).originals_of(id.module, id.target);
  const auto file = KPKG_TRY(module_file(site.workspace.root, kept, newcomer.name, newcomer.suffix));
  return !file.empty();
}

Status put_back(const Site& site, const dkmstree::BuildId& id, const dkmsconf::ConfModule& module,
                const std::string& suffix) {
  const auto& root = site.workspace.root;
  const auto places = places_of(site.framework);
  for (const auto& original : KPKG_TRY(dkmstree::read_originals(root, places, id.module, id.target)))
    if (original.origin) KPKG_TRY(put_back_noted(site, id.target.kernel, original));
  // Before 3.1.7 DKMS did not note where it was.
  const auto kept =
      KPKG_TRY(module_file(root, places.originals_of(id.module, id.target), module.installed_name, suffix));
  if (kept.empty()) return {};
  if (KPKG_TRY(root.real_path(kept + ".origin"))) return {};
  say_line(site.printer, "Restoring archived original module");
  const auto directory =
      fmt::format("{}/{}{}", site.framework.install_tree, id.target.kernel, module.declared_location);
  return move(root, kept, fmt::format("{}/{}", directory, last_of(kept)));
}

Status drop_archived(const Site& site, const dkmstree::BuildId& id) {
  const auto& root = site.workspace.root;
  const auto places = places_of(site.framework);
  const auto now = KPKG_TRY(dkmstree::read_module(root, places, id.module));
  const auto steps = dkmstree::steps_to_drop_originals(places, now, id.target);
  if (steps.empty()) return {};
  const auto left = KPKG_TRY(root.list(places.originals_of(id.module, id.target)));
  if (left && !left->empty())
    say_line(site.printer, fmt::format("Removing original module(s) from DKMS tree for kernel {} ({})",
                                       id.target.kernel, id.target.arch));
  return dkmstree::perform(root, steps);
}

}  // namespace kpkg::dkmsbuild
