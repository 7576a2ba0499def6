// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/loading.hpp"

#include "archive/compression.hpp"
#include "store/artifact_directory.hpp"
#include "store/builds.hpp"
#include "store/installed.hpp"

namespace kpkg::workflow {
namespace {

constexpr std::uint64_t largest_module = 1U << 30;  // bytes, unpacked

/// The module's file as the kernel gets it; empty: it is gone or damaged, which says nothing about a load.
std::string image_of(const Workspace& workspace, const install::WantedModule& module) {
  const auto file = store::read_artifact(workspace.root, module.digest);
  if (!file) return {};
  return archive::decompress(*file, largest_module).value_or("");
}

}  // namespace

Result<install::LoadReport> load_module(const Workspace& workspace, Session& session,
                                        const install::Wish& wish, const install::WantedModule& module) {
  const auto artifact = KPKG_TRY(store::find_artifact(session.store, module.digest));
  install::LoadRequest request{.module = module.name,
                               .kernel = wish.kernel,
                               .running = workspace.host.release,
                               .srcversion = artifact ? artifact->srcversion : std::nullopt};
  if (!request.srcversion) request.image = image_of(workspace, module);
  workspace.observer.on({.kind = EventKind::started, .stage = Stage::load, .subject = module.name});
  const auto report = install::load(request, workspace.root, workspace.runner);
  workspace.observer.on({.kind = EventKind::finished, .stage = Stage::load, .subject = module.name});
  // Where nothing was tried, what is known of the last load still holds.
  if (!report || report->outcome == install::LoadOutcome::cannot_here) return report;
  KPKG_TRY(store::record_load(session.store, {.module = module.name,
                                              .kernel = wish.kernel,
                                              .outcome = std::string(install::name_of(report->outcome)),
                                              .when = workspace.clock(),
                                              .detail = report->detail,
                                              .artifact = module.digest}));
  return report;
}

}  // namespace kpkg::workflow
