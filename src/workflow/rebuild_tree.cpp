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
                                            .log = log,
                                            .kheaders = wish.kheaders};
  const Announcement announcement(workspace, Stage::build, "the kernel's tree", target.kernel.release);
  auto made = KPKG_TRY(tree::reconstruct(subject, request, means));
  RebuiltTree rebuilt{.release = target.kernel.release,
                      .output = request.destination,
                      .version = made.version,
                      .compiler = made.compiler,
                      .drift = made.drift,
                      .graft = made.graft,
                      .size = made.size,
                      .notes = made.notes,
                      .steps = made.steps,
                      .proof = {},
                      .log = log};
  rebuilt.proof = KPKG_TRY(tree::prove(subject, made, means));
  if (rebuilt.proof.grade == tree::Grade::unverified) return rebuilt;
  const auto record = KPKG_TRY(tree::record_of(target.facts, rebuilt.proof, made.tree));
  KPKG_TRY(tree::write_record(made.tree, record));
  if (tree::is_packed_name(request.destination)) {
    const auto top = "linux-headers-" + target.kernel.release;
    rebuilt.packed_size = KPKG_TRY(tree::publish_packed(std::move(made), top, request.destination));
  } else {
    KPKG_TRY(tree::publish(std::move(made), request.destination));
  }
  rebuilt.is_published = true;
  return rebuilt;
}

Result<std::optional<kernel::Kheaders>> kheaders_of(const Workspace& workspace, const Target& target) {
  if (!target.configuration) return std::optional<kernel::Kheaders>{};
  return kernel::find_kheaders(workspace.root, target.kernel, *target.configuration);
}

Result<RebuiltTree> rebuild_best_tree(const Workspace& workspace, Target& target, TreeWish wish) {
  auto kheaders = kheaders_of(workspace, target);
  std::string why;
  if (!kheaders) why = kheaders.error().text();
  if (kheaders && *kheaders) {
    wish.kheaders = std::move(*kheaders);
    auto grafted = rebuild_tree(workspace, target, wish);
    if (grafted && grafted->is_published) return grafted;
    if (!grafted &&
        (grafted.error().kind == ErrorKind::interrupted || grafted.error().kind == ErrorKind::no_space))
      return grafted;
    why = grafted ? tree::objection(grafted->proof) : grafted.error().text();
  }
  wish.kheaders.reset();
  auto rebuilt = rebuild_tree(workspace, target, wish);
  if (rebuilt && !why.empty())
    rebuilt->notes.push_back("not with the headers that the kernel carries: " + why);
  return rebuilt;
}

std::vector<std::string> told(const tree::Graft& graft) {
  std::vector<std::string> clauses = {
      fmt::format("{} of {} are those of {}, the others are the same but for comments", graft.replaced.size(),
                  counted(graft.compared, "header"), graft.origin)};
  if (!graft.removed.empty())
    clauses.push_back(fmt::format("{} that the kernel does not have: {}",
                                  counted(graft.removed.size(), "header"), graft.removed.front()));
  return clauses;
}

}  // namespace kpkg::workflow
