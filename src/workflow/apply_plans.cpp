// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/apply_plans.hpp"

#include "install/apply.hpp"
#include "store/artifact_directory.hpp"

namespace kpkg::workflow {

Result<bool> apply_plans(const Workspace& workspace, Session& session,
                         const std::vector<install::Plan>& plans) {
  install::RootDisk disk(workspace.root);
  install::StoreLedger ledger(session.store);
  const auto artifacts = [&](const crypto::Digest& digest) {
    return store::read_artifact(workspace.root, digest);
  };
  bool changed = false;
  for (const auto& plan : plans) {
    if (install::changes_nothing(plan)) {
      KPKG_TRY(ledger.record(0, plan));
      continue;
    }
    const Event event{
        .kind = EventKind::started, .stage = Stage::install, .subject = plan.recipe, .kernel = plan.kernel};
    workspace.observer.on(event);
    const auto receipt = install::apply(plan, {disk, workspace.runner, session.store, ledger}, artifacts);
    workspace.observer.on({.kind = EventKind::finished,
                           .stage = Stage::install,
                           .subject = plan.recipe,
                           .kernel = plan.kernel});
    if (!receipt) return fail(receipt.error());
    changed = true;
    if (!receipt->unfinished.empty())
      workspace.observer.on(
          {.kind = EventKind::warning, .stage = Stage::install, .text = receipt->unfinished});
  }
  return changed;
}

}  // namespace kpkg::workflow
