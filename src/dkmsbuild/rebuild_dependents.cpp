// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/core.hpp"
#include "dkmsbuild/installer.hpp"
#include "dkmsbuild/uninstaller.hpp"
#include "dkmstree/contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kpkg::dkmsbuild {

Result<std::vector<Task>> Core::outdated(const dkmstree::Target& target) {
  std::vector<Task> tasks;
  const auto tree = dkmstree::read_tree(site_.workspace.root, places_);
  for (const auto& module : tree.modules) {
    for (const auto& version : module.versions) {
      const auto* build = version.build_for(target);
      if (build == nullptr || !build->has_modules || !version.is_added()) continue;
      const Task task{.id = {module.name, version.version, target}};
      const auto conf = reader_.read_silently(conf_request(task, dkmsconf::Purpose::looking));
      if (!conf || conf->standing != dkmsconf::Standing::valid || !conf->is_rebuilt_after_these) continue;
      const auto contents =
          KPKG_TRY(dkmstree::read_contents(site_.workspace.root, places_.directory_of(task.id)));
      const auto wanted = KPKG_TRY(dependency_versions(site_, *conf));
      const bool is_up_to_date = std::all_of(wanted.begin(), wanted.end(), [&](const auto& dependency) {
        return std::count(contents.dependencies.begin(), contents.dependencies.end(), dependency) != 0;
      });
      if (!is_up_to_date) tasks.push_back(task);
    }
  }
  return tasks;
}

/// Builds again what was built with another version of what it depends on; each once, those first that depend
/// on none of the others.
Result<ExitStatus> Core::rebuild_dependents(const dkmstree::Target& target) {
  if (is_forced()) return 0;
  std::set<dkmstree::BuildId> done;
  for (auto tasks = KPKG_TRY(outdated(target)); !tasks.empty(); tasks = KPKG_TRY(outdated(target))) {
    tasks.erase(std::remove_if(tasks.begin(), tasks.end(),
                               [&](const Task& task) { return done.count(task.id) != 0; }),
                tasks.end());
    if (tasks.empty()) return 0;
    const auto is_free = [&](const Task& task) {
      const auto conf = reader_.read_silently(conf_request(task, dkmsconf::Purpose::looking));
      return conf && std::none_of(tasks.begin(), tasks.end(), [&](const Task& other) {
               const auto& names = conf->build_depends;
               return std::find(names.begin(), names.end(), other.id.module) != names.end();
             });
    };
    const auto found = std::find_if(tasks.begin(), tasks.end(), is_free);
    if (found == tasks.end()) {
      say_line(site_.printer,
               "Warning: The following modules could not be rebuilt due to dependency cycles:");
      for (const auto& task : tasks) say_line(site_.printer, "  " + task.id.of().text());
      return 0;
    }
    done.insert(found->id);
    const auto status = KPKG_TRY(rebuild(*found));
    if (status != 0) return status;
  }
  return 0;
}

Result<ExitStatus> Core::rebuild(const Task& task) {
  site_.printer.say(Stream::output, fmt::format("\nRebuilding module {} due to updated dependencies\n\n",
                                                task.id.of().text()));
  auto status = KPKG_TRY(Uninstaller(site_, reader_, choices_, task).uninstall());
  if (status != 0) return status;
  KPKG_TRY(drop_build(task));
  status = KPKG_TRY(build(task));
  if (status != 0) return status;
  return Installer(site_, reader_, choices_, task).install();
}

}  // namespace kpkg::dkmsbuild
