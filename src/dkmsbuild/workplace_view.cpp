// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/workplace_view.hpp"

#include "base/path.hpp"
#include "kernel/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

using system::Access;
using system::Bind;
using system::FileType;

/// Collects what is seen. Guards that nothing is shown twice.
class Collector {
 public:
  Collector(const Site& site, const Task& task, system::SandboxStrength strength)
      : root_(site.workspace.root),
        places_(places_of(site.framework)),
        id_(task.id),
        has_names_(strength == system::SandboxStrength::namespaces) {}

  /// Shows `path` where it really is and, where it is reached through links that are not seen, under its
  /// name. What is absent is passed over.
  Status show(const std::string& path) {
    const auto real = KPKG_TRY(root_.real_path(path));
    if (!real || *real == "/") return {};
    const auto host = KPKG_TRY(root_.host_path(path));
    if (!is_seen(*real)) binds_.push_back({host, *real, Access::read});
    if (*real == path || !has_names_) return {};
    const auto parent = KPKG_TRY(root_.real_path(parent_of(path)));
    if (!parent || !is_seen(*parent)) binds_.push_back({host, path, Access::read});
    return {};
  }

  /// The tree, entry by entry: in a directory that is bound whole nothing else could be mounted.
  Status show_tree() {
    if (!has_names_) return show(places_.dkms_tree);
    const auto build = places_.build_place_of(id_.of());
    return show_around(places_.dkms_tree, {build, places_.directory_of(id_)});
  }

  Status show_headers(const std::string& directory) {
    KPKG_TRY(show(directory));
    const auto real = KPKG_TRY(root_.real_path(directory));
    if (!real) return {};
    const auto search = KPKG_TRY(kernel::look_at_tree(root_, *real));
    if (!search.tree) return {};
    for (const auto& needed : KPKG_TRY(kernel::needed_directories(root_, *search.tree)))
      KPKG_TRY(show(needed));
    return {};
  }

  std::vector<Bind> finish() && { return std::move(binds_); }

 private:
  /// Shows what is in the directory, but for what lies at or above the `hidden` ones.
  Status show_around(const std::string& directory, const std::vector<std::string>& hidden) {
    const auto entries = KPKG_TRY(root_.list(directory));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
      const auto path = directory + "/" + entry.name;
      const auto is_within = [&](const std::string& place) { return is_inside(place, path); };
      if (entry.type == FileType::regular || entry.name.starts_with('.')) continue;
      if (std::none_of(hidden.begin(), hidden.end(), is_within)) {
        KPKG_TRY(show(path));
        continue;
      }
      const bool is_place = std::find(hidden.begin(), hidden.end(), path) != hidden.end();
      if (entry.type == FileType::directory && !is_place) KPKG_TRY(show_around(path, hidden));
    }
    return {};
  }

  bool is_seen(const std::string& path) const {
    // The sandbox shows the programs of this machine anyway.
    if (root_.is_host() && is_inside(path, "/usr")) return true;
    return std::any_of(binds_.begin(), binds_.end(),
                       [&](const Bind& bind) { return is_inside(path, bind.inside); });
  }

  const system::Root& root_;
  dkmstree::Places places_;
  dkmstree::BuildId id_;
  bool has_names_;
  std::vector<Bind> binds_;
};

}  // namespace

Result<std::vector<Bind>> binds_of(const Site& site, const Task& task, const KernelPlace& place,
                                   system::SandboxStrength strength) {
  const auto& kernel = task.id.target.kernel;
  Collector collector(site, task, strength);
  KPKG_TRY(collector.show(site.framework.source_tree));
  KPKG_TRY(collector.show(site.framework.install_tree + "/" + kernel));
  KPKG_TRY(collector.show_headers(place.source_dir));
  KPKG_TRY(collector.show(place.config));
  for (const auto& path : {"/boot/config-" + kernel, "/boot/System.map-" + kernel,
                           "/etc/dkms/" + task.id.module, std::string("/etc/lsb-release")})
    KPKG_TRY(collector.show(path));
  if (!site.framework.build_environment.empty()) KPKG_TRY(collector.show(site.framework.build_environment));
  KPKG_TRY(collector.show_tree());
  return std::move(collector).finish();
}

}  // namespace kpkg::dkmsbuild
