// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/loading.hpp"

#include "store/builds.hpp"
#include "store/installed.hpp"

namespace kpkg::workflow {

Result<install::LoadReport> load_module(const Workspace& workspace, Session& session,
                                        const install::Wish& wish, const install::WantedModule& module) {
  const auto artifact = KPKG_TRY(store::find_artifact(session.store, module.digest));
  const install::LoadRequest request{.module = module.name,
                                     .kernel = wish.kernel,
                                     .running = workspace.host.release,
                                     .srcversion = artifact ? artifact->srcversion : std::nullopt};
  workspace.observer.on({.kind = EventKind::started, .stage = Stage::load, .subject = module.name});
  const auto report = install::load(request, workspace.root, workspace.runner);
  workspace.observer.on({.kind = EventKind::finished, .stage = Stage::load, .subject = module.name});
  if (!report) return report;
  KPKG_TRY(store::record_load(session.store, {.module = module.name,
                                              .kernel = wish.kernel,
                                              .outcome = std::string(install::name_of(report->outcome)),
                                              .when = workspace.clock(),
                                              .detail = report->detail,
                                              .artifact = module.digest}));
  return report;
}

}  // namespace kpkg::workflow
