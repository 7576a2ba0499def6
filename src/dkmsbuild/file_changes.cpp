// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/file_changes.hpp"

#include "base/path.hpp"
#include "install/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kpkg::dkmsbuild {
namespace {

/// A plan in the making.
class Draft {
 public:
  Draft(const Site& site, const FileChanges& changes, std::string directory) : site_(site) {
    plan_ = {.recipe = changes.module,
             .version = changes.version,
             .kernel = changes.kernel,
             .module_directory = std::move(directory),
             .index_files = {},
             .new_directories = {},
             .own_directories = {},
             .steps = {},
             .findings = {}};
  }

  Status put(const Put& put) {
    auto bytes = KPKG_TRY(site_.workspace.root.read(put.file, largest_module));
    const auto before = KPKG_TRY(digest_of(put.destination));
    install::Step step{.kind = install::StepKind::put_module,
                       .path = put.destination,
                       .module = put.module,
                       .digest = crypto::sha256(bytes),
                       .before = before,
                       .content = {},
                       .size = bytes.size(),
                       .allowed_by = {}};
    if (step.before == step.digest) step.kind = install::StepKind::keep_file;
    bytes_[step.digest->hex()] = std::move(bytes);
    plan_.steps.push_back(std::move(step));
    return add_directories(parent_of(put.destination));
  }

  Status remove(const std::string& path) {
    const auto before = KPKG_TRY(digest_of(path));
    if (before)
      plan_.steps.push_back({.kind = install::StepKind::remove_file,
                             .path = path,
                             .module = {},
                             .digest = {},
                             .before = before,
                             .content = {},
                             .size = 0,
                             .allowed_by = {}});
    for (auto directory = parent_of(path); directory.size() > plan_.module_directory.size();
         directory = parent_of(directory))
      add_once(plan_.own_directories, directory);
    return {};
  }

  const install::Plan& plan() const { return plan_; }

  Result<std::string> bytes(const crypto::Digest& digest) const {
    const auto found = bytes_.find(digest.hex());
    if (found == bytes_.end()) return fail(ErrorKind::not_found, "the bytes of a module are not known");
    return found->second;
  }

 private:
  Result<std::optional<crypto::Digest>> digest_of(const std::string& path) const {
    const auto bytes = KPKG_TRY(site_.workspace.root.read_if_present(path, largest_module));
    return bytes ? std::optional(crypto::sha256(*bytes)) : std::nullopt;
  }

  static void add_once(std::vector<std::string>& list, const std::string& word) {
    if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
  }

  /// Those that are absent, outer first.
  Status add_directories(const std::string& directory) {
    if (directory.empty() || KPKG_TRY(site_.workspace.root.real_path(directory))) return {};
    KPKG_TRY(add_directories(parent_of(directory)));
    add_once(plan_.new_directories, directory);
    return {};
  }

  const Site& site_;
  install::Plan plan_;
  std::map<std::string, std::string> bytes_;  // by digest
};

/// What is done where nothing can be noted.
Status change_directly(const system::Root& root, const FileChanges& changes, const install::Plan& plan) {
  for (const auto& put : changes.puts) {
    KPKG_TRY(root.make_directories(parent_of(put.destination)));
    const auto bytes = KPKG_TRY(root.read(put.file, largest_module));
    KPKG_TRY(root.write(put.destination, bytes));
  }
  for (const auto& path : changes.removals) KPKG_TRY(root.remove(path));
  for (const auto& directory : plan.own_directories) KPKG_TRY(root.remove_if_empty(directory));
  return {};
}

}  // namespace

Status change_files(const Site& site, const FileChanges& changes) {
  const auto& root = site.workspace.root;
  Draft draft(site, changes, fmt::format("{}/{}", site.framework.install_tree, changes.kernel));
  for (const auto& put : changes.puts) KPKG_TRY(draft.put(put));
  for (const auto& path : changes.removals) KPKG_TRY(draft.remove(path));
  const auto& plan = draft.plan();
  if (site.store == nullptr) return change_directly(root, changes, plan);
  install::RootDisk disk(root);
  install::StoreLedger ledger(*site.store);
  if (std::all_of(plan.steps.begin(), plan.steps.end(),
                  [](const install::Step& step) { return step.kind == install::StepKind::keep_file; }))
    return ledger.record(0, plan);
  const install::Site install_site{disk, site.workspace.runner, *site.store, ledger};
  const auto applied = install::apply(std::span(&plan, 1), install_site,
                                      [&](const crypto::Digest& digest) { return draft.bytes(digest); });
  if (applied) return {};
  const bool makes_room = changes.puts.empty() && applied.error().kind == ErrorKind::no_space;
  return makes_room ? change_directly(root, changes, plan) : fail(applied.error());
}

}  // namespace kpkg::dkmsbuild
