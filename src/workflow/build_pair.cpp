// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/build_pair.hpp"

#include "base/text.hpp"
#include "kernel/tree.hpp"
#include "workflow/announcement.hpp"
#include "workflow/cross_prefix.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

std::string log_name(const Pair& pair) {
  return log_path(pair.recipe->recipe.name, pair.source->version, pair.target->kernel.release);
}

/// The root whose paths those of the target's tree are.
Result<system::Root> root_of_tree(const Workspace& workspace, const Target& target) {
  return system::Root::open(target.tree_root.empty() ? workspace.root.directory() : target.tree_root);
}

Result<std::vector<KeptFile>> kept_files(const Pair& pair, const std::string& source,
                                         const build::BuildOutcome& outcome) {
  std::vector<KeptFile> files;
  if (outcome.symvers) {
    auto bytes = KPKG_TRY(system::read_file(*outcome.symvers));
    files.push_back({std::string(symvers_name), std::move(bytes)});
  }
  const auto tree = KPKG_TRY(system::Root::open(source));
  for (const auto& rules : pair.recipe->recipe.install.udev) {
    auto bytes = KPKG_TRY(tree.read("/" + rules, 1U << 20).within("reading the udev rules of the source"));
    files.push_back({std::string(udev_prefix) + rules.substr(rules.find_last_of('/') + 1), std::move(bytes)});
  }
  return files;
}

Result<build::BuildRequest> request_of(const Workspace& workspace, const Pair& pair,
                                       const std::string& source,
                                       const std::vector<build::ChainedSymvers>& symvers) {
  const auto& kernel = pair.target->kernel;
  auto log = KPKG_TRY(workspace.root.host_path(log_name(pair)));
  const auto root = KPKG_TRY(root_of_tree(workspace, *pair.target));
  auto visible = KPKG_TRY(kernel::needed_directories(root, *kernel.tree));
  if (!kernel.module_directory.empty()) visible.push_back(kernel.module_directory);
  return build::BuildRequest{.name = pair.recipe->recipe.name,
                             .source = source,
                             .build = pair.resolved.build,
                             .modules = pair.resolved.modules,
                             .release = kernel.release,
                             .arch = kbuild_arch(*pair.target),
                             .cross_prefix = cross_prefix(workspace.host, pair.target->arch),
                             .root = root.directory(),
                             .tree = *kernel.tree,
                             .visible = std::move(visible),
                             .symvers = symvers,
                             .log = std::move(log)};
}

}  // namespace

std::string log_path(const std::string& recipe, const std::string& version, const std::string& release) {
  return fmt::format("{}/{}-{}-{}.log", places::logs, recipe, version, release);
}

Result<BuiltPair> build_pair(const Workshop& workshop, const Pair& pair, const std::string& source,
                             const std::vector<build::ChainedSymvers>& symvers) {
  const auto& workspace = workshop.workspace;
  const Announcement announcement(workspace, Stage::build,
                                  fmt::format("{} {}", pair.recipe->recipe.name, pair.source->version),
                                  pair.target->kernel.release);
  KPKG_TRY(workspace.root.make_directories(places::logs));
  auto work = KPKG_TRY(system::TempDir::create(KPKG_TRY(workspace.root.host_path(places::work)), "build-"));
  auto request = KPKG_TRY(request_of(workspace, pair, source, symvers));
  request.work = work.path() + "/work";
  const auto started = workspace.clock();
  auto outcome = KPKG_TRY(build::run_build(request, workspace.runner, workshop.sandbox, workshop.jobserver));
  BuiltPair built{.outcome = std::move(outcome),
                  .modules = {},
                  .files = {},
                  .log = log_name(pair),
                  .started = started,
                  .work = std::move(work)};
  if (!built.outcome.succeeded()) return built;
  for (const auto& module : built.outcome.modules) {
    const install::FinishRequest finish{.module_file = module.file,
                                        .compression = pair.target->facts.compression,
                                        .directory = built.work.path() + "/finished"};
    built.modules.push_back(
        KPKG_TRY(install::finish(finish, workspace.runner).within("finishing " + module.name)));
  }
  built.files = KPKG_TRY(kept_files(pair, source, built.outcome));
  return built;
}

}  // namespace kpkg::workflow
