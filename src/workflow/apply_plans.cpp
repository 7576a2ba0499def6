// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/apply_plans.hpp"

#include "install/apply.hpp"
#include "store/artifact_directory.hpp"

namespace kpkg::workflow {
namespace {

void say(const Workspace& workspace, EventKind kind, const std::vector<install::Plan>& plans) {
  for (const auto& plan : plans)
    workspace.observer.on(
        {.kind = kind, .stage = Stage::install, .subject = plan.recipe, .kernel = plan.kernel});
}

}  // namespace

Result<bool> apply_plans(const Workspace& workspace, Session& session,
                         const std::vector<install::Plan>& plans) {
  install::RootDisk disk(workspace.root);
  install::StoreLedger ledger(session.store);
  const auto artifacts = [&](const crypto::Digest& digest) {
    return store::read_artifact(workspace.root, digest);
  };
  std::vector<install::Plan> changing;
  for (const auto& plan : plans) {
    if (install::changes_nothing(plan))
      KPKG_TRY(ledger.record(0, plan));
    else
      changing.push_back(plan);
  }
  if (changing.empty()) return false;
  say(workspace, EventKind::started, changing);
  const auto receipt = install::apply(changing, {disk, workspace.runner, session.store, ledger}, artifacts);
  say(workspace, EventKind::finished, changing);
  if (!receipt) return fail(receipt.error());
  if (!receipt->unfinished.empty())
    workspace.observer.on({.kind = EventKind::warning, .stage = Stage::install, .text = receipt->unfinished});
  return true;
}

}  // namespace kpkg::workflow
