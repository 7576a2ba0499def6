// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/undo.hpp"

#include "install/index.hpp"
#include "install/plan_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kpkg::install {
namespace {

constexpr std::string_view staged_prefix = ".kpkg-new-";
constexpr std::string_view saved_prefix = ".kpkg-old-";
constexpr std::string_view suffix = ".part";

std::string directory_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

std::string name_of_file(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string beside(std::string_view path, std::string_view prefix, std::int64_t id) {
  return fmt::format("{}/{}{}-{}{}", directory_of(path), prefix, id, name_of_file(path), suffix);
}

Result<std::vector<std::string>> names_in(Disk& disk, const std::string& directory) {
  std::vector<std::string> names;
  const auto entries = KPKG_TRY(disk.list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
    names.push_back(entry.name);
  return names;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Puts a saved file back. A rename between two names of one file does nothing and keeps both (rename(2));
/// sweep() removes the saved one then.
Status put_back(Disk& disk, const std::string& path, std::int64_t id) {
  return disk.rename(saved_path(path, id), path);
}

enum class Touched { no, yes };

/// Undoes one step; Touched says whether a file is different now.
Result<Touched> undo_file(const Change& change, const Step& step) {
  auto& disk = change.site.disk;
  const auto names = KPKG_TRY(names_in(disk, directory_of(step.path)));
  // Its rename is what performs a step: what is there now is older, or someone else's.
  if (has(names, name_of_file(staged_path(step.path, change.id)))) return Touched::no;
  if (has(names, name_of_file(saved_path(step.path, change.id)))) {
    KPKG_TRY(put_back(disk, step.path, change.id));
    return Touched::yes;
  }
  const bool was_added = step.digest.has_value() && !step.before.has_value();
  if (!was_added || KPKG_TRY(digest_on(disk, step.path)) != step.digest) return Touched::no;
  KPKG_TRY(disk.remove(step.path));
  return Touched::yes;
}

Status undo_index(const Change& change, Touched modules) {
  const auto& plan = change.plan;
  auto& disk = change.site.disk;
  const auto names = KPKG_TRY(names_in(disk, plan.module_directory));
  bool found_saved = false;
  for (const auto& name : names) {
    if (!is_index_file(name)) continue;
    if (!has(plan.index_files, name)) KPKG_TRY(disk.remove(plan.module_directory + "/" + name));
  }
  for (const auto& name : plan.index_files) {
    const auto saved = saved_path("/" + name, change.id).substr(1);
    if (!has(names, saved)) continue;
    found_saved = true;
    KPKG_TRY(put_back(disk, plan.module_directory + "/" + name, change.id));
  }
  // Only a power cut loses the saved names while later changes are on disk.
  if (modules == Touched::yes && !found_saved && !plan.index_files.empty())
    return write_index(plan, disk, change.site.runner);
  return {};
}

/// Removes every file that carries the number of the transaction, half-written ones of Disk::write included.
Status sweep(const Change& change) {
  std::set<std::string> directories = {change.plan.module_directory};
  for (const auto& step : change.plan.steps)
    if (changes_file(step)) directories.insert(directory_of(step.path));
  const auto staged = fmt::format("{}{}-", staged_prefix, change.id);
  const auto saved = fmt::format("{}{}-", saved_prefix, change.id);
  for (const auto& directory : directories)
    for (const auto& name : KPKG_TRY(names_in(change.site.disk, directory)))
      if (name.starts_with(staged) || name.starts_with(saved) || is_index_leftover(name))
        KPKG_TRY(change.site.disk.remove(directory + "/" + name));
  return {};
}

/// Whether the plan got as far as the initial RAM disk cannot be seen, so it is written again if it was to
/// be.
Status undo_initramfs(const Change& change, Touched modules) {
  const auto& steps = change.plan.steps;
  const bool is_wanted = std::any_of(steps.begin(), steps.end(),
                                     [](const Step& step) { return step.kind == StepKind::initramfs; });
  if (modules == Touched::no || !is_wanted) return {};
  return update_initramfs(change.plan, change.site.runner);
}

}  // namespace

std::string staged_path(std::string_view path, std::int64_t id) {
  return beside(path, staged_prefix, id);
}

std::string saved_path(std::string_view path, std::int64_t id) {
  return beside(path, saved_prefix, id);
}

Result<std::optional<crypto::Digest>> digest_on(Disk& disk, const std::string& path) {
  const auto bytes = KPKG_TRY(disk.read_if_present(path));
  return bytes ? std::optional(crypto::sha256(*bytes)) : std::nullopt;
}

Status undo(const Change& change) {
  const auto& steps = change.plan.steps;
  auto modules = Touched::no;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!changes_file(*step)) continue;
    const auto touched = KPKG_TRY(undo_file(change, *step).within("putting back " + step->path));
    if (!step->module.empty() && touched == Touched::yes) modules = Touched::yes;
  }
  const bool has_index =
      std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == StepKind::index; });
  if (has_index)
    KPKG_TRY(undo_index(change, modules).within("putting back the index of " + change.plan.kernel));
  KPKG_TRY(sweep(change));
  const auto& made = change.plan.new_directories;
  for (auto directory = made.rbegin(); directory != made.rend(); ++directory)
    KPKG_TRY(change.site.disk.remove_if_empty(*directory));
  drop(undo_initramfs(change, modules),
       "the modules are the old ones; the RAM disk is written at the next change");
  return {};
}

Status tidy(const Change& change) {
  KPKG_TRY(sweep(change));
  for (const auto& directory : change.plan.own_directories)
    KPKG_TRY(change.site.disk.remove_if_empty(directory));
  return {};
}

}  // namespace kpkg::install
