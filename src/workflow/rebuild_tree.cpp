// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/rebuild_tree.hpp"

#include "base/text.hpp"
#include "tree/record.hpp"
#include "workflow/announcement.hpp"
#include "workflow/cross_prefix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::workflow {
namespace {

std::string absolute(const Workspace& workspace, const std::string& path) {
  if (path.starts_with('/')) return path;
  return workspace.host.working_directory + "/" + path;
}

/// The text of a path without blank components and slashes at its end.
std::string tidy(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<RebuiltTree> rebuild_tree(const Workspace& workspace, Target& target, const TreeWish& wish) {
  learn_types(workspace, target);
  const auto learned = learned_of(target);
  const tree::Subject subject{workspace.root, target.kernel, learned, target.configuration_text,
                              target.build_salt};
  const auto sandbox = KPKG_TRY(system::Sandbox::choose(workspace.runner));
  auto jobserver =
      KPKG_TRY(system::Jobserver::create(wish.jobs == 0 ? workspace.host.processors : wish.jobs));
  const tree::Means means{workspace.runner, sandbox, jobserver};
  KPKG_TRY(workspace.root.make_directories(places::logs));
  const auto log =
      KPKG_TRY(workspace.root.host_path(fmt::format("{}/tree-{}.log", places::logs, target.kernel.release)));
  auto work = KPKG_TRY(workspace.root.host_path(places::work));
  const tree::ReconstructionRequest request{.source = tidy(absolute(workspace, wish.source)),
                                            .cross_prefix = cross_prefix(workspace.host, target.arch),
                                            .work = std::move(work),
                                            .destination = tidy(absolute(workspace, wish.output)),
                                            .log = log};
  const Announcement announcement(workspace, Stage::build, "the kernel's tree", target.kernel.release);
  auto made = KPKG_TRY(tree::reconstruct(subject, request, means));
  RebuiltTree rebuilt{.release = target.kernel.release,
                      .output = request.destination,
                      .version = made.version,
                      .compiler = made.compiler,
                      .drift = made.drift,
                      .size = made.size,
                      .notes = made.notes,
                      .steps = made.steps,
                      .proof = {},
                      .log = log};
  rebuilt.proof = KPKG_TRY(tree::prove(subject, made, means));
  if (rebuilt.proof.grade == tree::Grade::unverified) return rebuilt;
  KPKG_TRY(tree::write_record(made.tree, tree::record_of(target.facts, rebuilt.proof)));
  KPKG_TRY(tree::publish(std::move(made), request.destination));
  rebuilt.is_published = true;
  return rebuilt;
}

}  // namespace kpkg::workflow
