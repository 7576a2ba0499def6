// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "settings/read.hpp"
#include "system/lock.hpp"
#include "system/process.hpp"
#include "workflow/doctor_look.hpp"

#include <algorithm>
#include <array>

namespace kpkg::workflow {
namespace {

constexpr std::uint64_t megabyte = 1'000'000;

constexpr std::array<const char*, 3> hook_paths = {
    "/etc/kernel/postinst.d/20-kpkg", "/etc/kernel/header_postinst.d/20-kpkg", "/etc/kernel/prerm.d/20-kpkg"};

/// A build takes 50 MB, a copy of headers as much; depmod writes 8 MB beside the old index.
std::vector<SpaceSeen> written_places() {
  return {{.place = "/var/cache/kpkg",
           .purpose = "builds, trees and downloads",
           .needed = 100 * megabyte,
           .wanted = 500 * megabyte,
           .has_programs = true},
          {.place = places::state,
           .purpose = "records and built modules",
           .needed = 20 * megabyte,
           .wanted = 100 * megabyte},
          {.place = "/lib/modules",
           .purpose = "modules and their index",
           .needed = 20 * megabyte,
           .wanted = 100 * megabyte}};
}

/// Reads everything; the first failure is told by the caller.
Status read_records(const Workspace& workspace, RecordsSeen& records) {
  const auto file = KPKG_TRY(workspace.root.status(store::database_path));
  records.store.is_there = file.has_value();
  auto store = KPKG_TRY(store::Store::open(workspace.root, store::Access::read));
  KPKG_TRY(store.check());
  records.store.unfinished = KPKG_TRY(store.unfinished()).size();
  records.installed = KPKG_TRY(store::installed(store));
  records.wishes = KPKG_TRY(store::wishes(store));
  records.wanted = KPKG_TRY(wanted_recipes(workspace, store, {}));
  records.lines = KPKG_TRY(status(workspace, {}, {}));
  return {};
}

LockSeen look_at_lock(const Workspace& workspace, const StoreSeen& store) {
  LockSeen seen{.unfinished = store.unfinished};
  const auto file = workspace.root.host_path(places::lock);
  const auto held = file ? system::Lock::is_held(*file) : Result<bool>(fail(file.error()));
  if (file) seen.file = *file;
  if (held)
    seen.is_held = *held;
  else
    seen.trouble = held.error();
  return seen;
}

/// The part of a path that is there.
Result<std::string> nearest_place(const system::Root& root, std::string path) {
  while (path.size() > 1 && !KPKG_TRY(root.real_path(path))) path.resize(path.rfind('/'));
  return root.host_path(path.empty() ? "/" : path);
}

SpaceSeen look_at_space(const system::Root& root, SpaceSeen place) {
  const auto nearest = nearest_place(root, place.place);
  const auto found =
      nearest ? system::file_system_of(*nearest) : Result<system::FileSystem>(fail(nearest.error()));
  if (found)
    place.on = *found;
  else
    place.trouble = found.error();
  return place;
}

std::set<std::string> missing_programs() {
  std::set<std::string> missing;
  for (const auto& name : programs_looked_for())
    if (!system::find_program(name)) missing.insert(name);
  return missing;
}

SandboxSeen look_at_sandbox(const Workspace& workspace) {
  const auto sandbox = system::Sandbox::choose(workspace.runner);
  SandboxSeen seen{.is_root = workspace.host.is_root()};
  if (!sandbox) {
    seen.trouble = sandbox.error();
    return seen;
  }
  seen.strength = sandbox->strength();
  seen.weaknesses = sandbox->weaknesses();
  return seen;
}

Result<HooksSeen> look_at_hooks(const system::Root& root, const RecordsSeen& records) {
  constexpr std::uint32_t executable = 0111;
  HooksSeen seen{.is_needed = !records.wishes.empty()};
  seen.has_program = KPKG_TRY(root.real_path("/usr/sbin/kpkg")).has_value();
  for (const auto* const path : hook_paths) {
    const auto real = KPKG_TRY(root.real_path(path));
    const auto file = real ? KPKG_TRY(root.status(*real)) : std::nullopt;
    seen.hooks.push_back({.path = path,
                          .is_there = file.has_value(),
                          .is_executable = file && (file->mode & executable) != 0});
  }
  return seen;
}

Result<DkmsSeen> look_at_dkms(const system::Root& root) {
  DkmsSeen seen;
  const auto program = KPKG_TRY(root.real_path("/usr/sbin/dkms"));
  seen.is_installed = program && !program->ends_with("/kpkg");
  const auto entries = KPKG_TRY(root.list("/var/lib/dkms"));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>()))
    if (entry.type == system::FileType::directory) seen.packages.push_back(entry.name);
  return seen;
}

LoadingSeen look_at_loading(const Workspace& workspace, std::span<const kernel::Kernel> kernels) {
  LoadingSeen seen{.release = workspace.host.release, .takes_modules = workspace.host.takes_modules};
  seen.is_here =
      std::any_of(kernels.begin(), kernels.end(), [](const auto& kernel) { return kernel.is_running; });
  const auto text = workspace.root.read_if_present("/proc/sys/kernel/modules_disabled");
  if (text && *text) seen.is_switched_off = trimmed(**text) == "1";
  return seen;
}

/// Recipes of which nothing is left to build them of.
void add_lost(const RecordsSeen& records, std::vector<CheckupPoint>& points) {
  for (const auto& lost : records.wanted.lost)
    points.push_back({CheckupSubject::recipes, Health::problem, lost.name + ": " + lost.error.text(),
                      "it is not built for kernels that come", lost.error.hint});
}

CheckupPoint settings_point(const system::Root& root) {
  const auto read = settings::read(root);
  if (!read) return not_looked_at(CheckupSubject::settings, read.error());
  return {CheckupSubject::settings, Health::good, "there is no mistake in /etc/kpkg"};
}

template <typename Seen>
CheckupPoint point_or_trouble(CheckupSubject subject, const Result<Seen>& seen) {
  return seen ? point_of(*seen) : not_looked_at(subject, seen.error());
}

}  // namespace

RecordsSeen look_at_records(const Workspace& workspace) {
  RecordsSeen records;
  const auto read = read_records(workspace, records);
  if (!read) records.store.trouble = read.error();
  return records;
}

Result<std::vector<CheckupPoint>> system_points(const Surroundings& around) {
  const auto& [workspace, records, kernels, probe] = around;
  std::vector<CheckupPoint> points = {point_of(records.store),
                                      point_of(look_at_lock(workspace, records.store))};
  for (auto& place : written_places())
    points.push_back(point_of(look_at_space(workspace.root, std::move(place))));
  for (auto& point : program_points(missing_programs())) points.push_back(std::move(point));
  const auto sandbox = look_at_sandbox(workspace);
  if (sandbox.trouble && sandbox.trouble->kind == ErrorKind::interrupted) return fail(*sandbox.trouble);
  points.push_back(point_of(sandbox));
  points.push_back(point_or_trouble(CheckupSubject::hooks, look_at_hooks(workspace.root, records)));
  points.push_back(point_or_trouble(CheckupSubject::dkms, look_at_dkms(workspace.root)));
  points.push_back(settings_point(workspace.root));
  if (workspace.root.is_host()) points.push_back(point_of(look_at_loading(workspace, kernels)));
  if (kernels.empty())
    points.push_back({CheckupSubject::kernel, Health::note, "no kernel is here",
                      "there is nothing to build for", "install a kernel or its headers"});
  add_lost(records, points);
  return points;
}

}  // namespace kpkg::workflow
