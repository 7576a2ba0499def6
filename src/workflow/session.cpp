// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/session.hpp"

#include "install/apply.hpp"
#include "store/artifact_directory.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <charconv>

namespace kpkg::workflow {
namespace {

std::chrono::seconds patience_or(std::chrono::seconds usual) {
  const auto given = system::environment_variable("KPKG_LOCK_SECONDS");
  int seconds = 0;
  if (!given || std::from_chars(given->data(), given->data() + given->size(), seconds).ec != std::errc{})
    return usual;
  return std::chrono::seconds(seconds);
}

Status recover(const Workspace& workspace, store::Store& store) {
  install::RootDisk disk(workspace.root);
  install::StoreLedger ledger(store);
  const auto recoveries = KPKG_TRY(install::recover({disk, workspace.runner, store, ledger}));
  for (const auto& recovery : recoveries) {
    const bool finished = recovery.outcome == install::Recovery::Outcome::finished;
    workspace.observer.on(
        {.kind = EventKind::warning,
         .stage = Stage::install,
         .text = fmt::format("an earlier command was cut off; its change of {} for {} was {}",
                             recovery.plan.recipe, recovery.plan.kernel, finished ? "finished" : "undone")});
  }
  return {};
}

/// Removes the directories of commands that were killed; the lock says that nobody works in them any more.
Status sweep(const Workspace& workspace) {
  const auto left = KPKG_TRY(workspace.root.list(places::work));
  if (!left || left->empty()) return {};
  const auto directory = KPKG_TRY(workspace.root.host_path(places::work));
  for (const auto& entry : *left) KPKG_TRY(system::remove_all(directory + "/" + entry.name));
  return store::drop_unfinished_artifacts(workspace.root);
}

}  // namespace

Result<Session> open_session(const Workspace& workspace, std::chrono::seconds patience) {
  KPKG_TRY(workspace.root.make_directories(places::state));
  const auto path = KPKG_TRY(workspace.root.host_path(places::lock));
  const auto say = [&] {
    workspace.observer.on(
        {.kind = EventKind::note, .stage = Stage::wait, .text = "waiting for another kpkg to finish"});
  };
  auto lock = KPKG_TRY(system::Lock::acquire(path, patience_or(patience), say));
  auto store = KPKG_TRY(store::Store::open(workspace.root, store::Access::write));
  KPKG_TRY(recover(workspace, store).within("putting right what an earlier command left"));
  drop(sweep(workspace), "it costs space only, and the next command tries again");
  return Session{std::move(lock), std::move(store)};
}

}  // namespace kpkg::workflow
