// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/change.hpp"

#include "base/assert.hpp"
#include "base/path.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmstree {
namespace {

using Kind = Step::Kind;

Result<const Version*> known_version(const Module& now, const VersionId& id) {
  KPKG_ASSERT(now.name == id.module);
  const auto* version = now.version_of(id.version);
  if (version == nullptr)
    return fail(ErrorKind::not_found, id.text() + " is not in the DKMS tree",
                "see what is with `dkms status`");
  return version;
}

Result<const Build*> known_build(const Module& now, const BuildId& id) {
  const auto* version = KPKG_TRY(known_version(now, id.of()));
  const auto* build = version->build_for(id.target);
  if (build == nullptr)
    return fail(ErrorKind::not_found,
                fmt::format("{} is not built for {} ({})", id.of().text(), id.target.kernel, id.target.arch),
                fmt::format("build it with `dkms build {} -k {}`", id.of().text(), id.target.text()));
  return build;
}

tl::unexpected<Error> is_installed(const BuildId& id) {
  return fail(
      ErrorKind::conflict,
      fmt::format("{} is installed for {} ({})", id.of().text(), id.target.kernel, id.target.arch),
      fmt::format("uninstall it first with `dkms uninstall {} -k {}`", id.of().text(), id.target.text()));
}

/// Takes a directory away unseen.
void take_away(const std::string& path, Steps& steps) {
  const auto hidden = hidden_beside(path);
  steps.push_back({.kind = Kind::remove_tree, .path = hidden});
  steps.push_back({.kind = Kind::rename, .path = path, .target = hidden});
  steps.push_back({.kind = Kind::remove_tree, .path = hidden});
}

/// Makes a link, or makes one say something else, at once.
void put_link(const std::string& path, const std::string& target, Steps& steps) {
  const auto hidden = hidden_beside(path);
  steps.push_back({.kind = Kind::remove_tree, .path = hidden});
  steps.push_back({.kind = Kind::make_link, .path = hidden, .target = target});
  steps.push_back({.kind = Kind::rename, .path = hidden, .target = path});
}

/// Removes what was left over below a directory, and the directory if nothing else is in it.
void tidy(const Module& now, const std::string& directory, Steps& steps) {
  for (const auto& path : now.left_overs)
    if (parent_of(path) == directory) steps.push_back({.kind = Kind::remove_tree, .path = path});
  steps.push_back({.kind = Kind::remove_if_empty, .path = directory});
}

Status check_files(const NewBuild& build) {
  for (const auto& module : build.modules) {
    KPKG_TRY(check_name("module's file", module.name));
    if (!module_of_file(module.name))
      return fail(ErrorKind::invalid, fmt::format("{} is no name of a module's file", module.name));
  }
  for (const auto& dependency : build.dependencies) KPKG_TRY(check_name("dependency", dependency.module));
  return {};
}

void write_files(const std::string& directory, NewBuild build, Steps& steps) {
  const auto write = [&](const std::string& name, std::string bytes) {
    steps.push_back({.kind = Kind::write, .path = directory + "/" + name, .bytes = std::move(bytes)});
  };
  steps.push_back({.kind = Kind::make_directory, .path = directory + "/module"});
  steps.push_back({.kind = Kind::make_directory, .path = directory + "/log"});
  for (auto& module : build.modules) write("module/" + module.name, std::move(module.bytes));
  if (build.symvers) write("module/Module.symvers", *std::move(build.symvers));
  if (build.log) write("log/make.log", *std::move(build.log));
  for (const auto& dependency : build.dependencies)
    write(".dep_" + dependency.module, dependency.version + "\n");
}

}  // namespace

Result<Steps> steps_to_add(const Places& places, const Module& now, const VersionId& id) {
  KPKG_TRY(check(id));
  KPKG_ASSERT(now.name == id.module);
  Steps steps;
  const auto place = places.directory_of(id);
  const auto* version = now.version_of(id.version);
  if (version == nullptr) {
    const auto hidden = hidden_beside(place);
    steps.push_back({.kind = Kind::remove_tree, .path = hidden});
    steps.push_back({.kind = Kind::make_directory, .path = hidden + "/build"});
    steps.push_back({.kind = Kind::make_link, .path = hidden + "/source", .target = places.source_of(id)});
    steps.push_back({.kind = Kind::rename, .path = hidden, .target = place});
    return steps;
  }
  if (version->is_added()) return fail(ErrorKind::conflict, id.text() + " is in the DKMS tree already");
  if (version->source == Source::directory)
    return fail(ErrorKind::conflict, id.text() + " has a source of its own in the DKMS tree",
                fmt::format("remove {} if it is not needed", places.source_link_of(id)));
  steps.push_back({.kind = Kind::make_directory, .path = places.build_place_of(id)});
  put_link(places.source_link_of(id), places.source_of(id), steps);
  return steps;
}

Result<Steps> steps_to_remove(const Places& places, const Module& now, const VersionId& id) {
  const auto* version = KPKG_TRY(known_version(now, id));
  for (const auto& build : version->builds)
    if (now.is_installed(id.version, build.target))
      return is_installed({id.module, id.version, build.target});
  Steps steps;
  take_away(places.directory_of(id), steps);
  // They lead nowhere now, and would keep the module's directory.
  for (const auto& link : now.links)
    if (link.leads_to.starts_with(id.version + "/") || link.target.starts_with(id.version + "/"))
      steps.push_back({.kind = Kind::remove_tree, .path = places.directory_of(id.module) + "/" + link.name});
  tidy(now, places.directory_of(id.module), steps);
  return steps;
}

Result<Steps> steps_to_put(const Places& places, const Module& now, NewBuild build) {
  KPKG_TRY(check(build.id));
  KPKG_TRY(check_files(build));
  const auto id = build.id;
  const auto* version = KPKG_TRY(known_version(now, id.of()));
  const auto place = places.directory_of(id);
  const auto hidden = hidden_beside(place);
  Steps steps;
  steps.push_back({.kind = Kind::remove_tree, .path = hidden});
  write_files(hidden, std::move(build), steps);
  const bool is_new = version->build_for(id.target) == nullptr;
  // A link that has been leading nowhere must not say that the new build is installed.
  for (const auto& link : now.links)
    if (is_new && link.name == installed_link_name(id.target) && link.target == installed_target(id))
      steps.push_back({.kind = Kind::remove_tree, .path = places.installed_link_of(id.module, id.target)});
  steps.push_back({.kind = is_new ? Kind::rename : Kind::exchange, .path = hidden, .target = place});
  steps.push_back({.kind = Kind::remove_tree, .path = hidden});
  steps.push_back({.kind = Kind::remove_tree, .path = places.build_place_of(id.of())});
  return steps;
}

Result<Steps> steps_to_drop(const Places& places, const Module& now, const BuildId& id) {
  KPKG_TRY(known_build(now, id));
  if (now.is_installed(id.version, id.target)) return is_installed(id);
  Steps steps;
  const auto place = places.directory_of(id);
  take_away(place, steps);
  tidy(now, parent_of(place), steps);
  return steps;
}

Result<Steps> steps_to_link(const Places& places, const Module& now, const BuildId& id) {
  const auto* build = KPKG_TRY(known_build(now, id));
  if (!build->has_modules)
    return fail(ErrorKind::not_found, fmt::format("the build of {} has no modules", id.text()),
                "build it again");
  Steps steps;
  put_link(places.installed_link_of(id.module, id.target), installed_target(id), steps);
  return steps;
}

Steps steps_to_unlink(const Places& places, const Module& now, const BuildId& id) {
  if (!now.is_installed(id.version, id.target)) return Steps{};
  return Steps{{.kind = Kind::remove_tree, .path = places.installed_link_of(id.module, id.target)}};
}

Steps steps_to_drop_originals(const Places& places, const Module& now, const Target& target) {
  Steps steps;
  if (std::count(now.originals.begin(), now.originals.end(), target) == 0) return steps;
  const auto place = places.originals_of(now.name, target);
  take_away(place, steps);
  tidy(now, parent_of(place), steps);
  tidy(now, parent_of(parent_of(place)), steps);
  return steps;
}

Result<Steps> steps_to_leave_log(const Places& places, const Module& now, const VersionId& id,
                                 std::string log) {
  KPKG_TRY(known_version(now, id));
  const auto place = places.build_place_of(id);
  return Steps{{.kind = Kind::make_directory, .path = place},
               {.kind = Kind::write, .path = place + "/make.log", .bytes = std::move(log)}};
}

Steps steps_to_sweep(const Module& now) {
  Steps steps;
  for (const auto& path : now.left_overs) steps.push_back({.kind = Kind::remove_tree, .path = path});
  return steps;
}

}  // namespace kpkg::dkmstree
