// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"
#include "base/json.hpp"
#include "store/artifact_directory.hpp"
#include "workflow/build_pair.hpp"
#include "workflow/bundles.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

using bundle::FileKind;

bundle::ForKernel kernel_of(const Target& target) {
  const auto& identity = target.facts.identity;
  return {.release = target.kernel.release,
          .arch = target.arch,
          .build_id = identity.build_id,
          .banner = identity.banner,
          .vermagic = target.facts.vermagic};
}

Status add_module(const Workspace& workspace, const store::ArtifactRecord& artifact,
                  std::vector<bundle::File>& files) {
  auto bytes = KPKG_TRY(store::read_artifact(workspace.root, artifact.digest));
  files.push_back({FileKind::module, artifact.file_name, std::move(bytes)});
  // What its debug information said went away when it was stripped.
  const auto fingerprint = KPKG_TRY(abi::fingerprint_from_json(KPKG_TRY(parse_json(artifact.fingerprint))));
  if (fingerprint.types.table != nullptr)
    files.push_back({FileKind::types, artifact.file_name, abi::text_of(*fingerprint.types.table)});
  return {};
}

Status add_kept(const Workspace& workspace, const store::ArtifactRecord& artifact,
                std::vector<bundle::File>& files) {
  auto bytes = KPKG_TRY(store::read_artifact(workspace.root, artifact.digest));
  if (artifact.file_name.starts_with(udev_prefix))
    files.push_back({FileKind::udev, artifact.file_name.substr(udev_prefix.size()), std::move(bytes)});
  else
    files.push_back({FileKind::symvers, artifact.file_name, std::move(bytes)});
  return {};
}

Result<bundle::Build> build_of(const Workspace& workspace, Session& session, const LoadedRecipe& recipe,
                               const PairResult& pair) {
  const auto record = KPKG_TRY(store::find_build(session.store, pair.build));
  if (!record) return fail(ErrorKind::not_found, "the record of the build is gone", "build it again");
  bundle::Build build{.recipe = pair.recipe,
                      .version = pair.version,
                      .text = recipe.text,
                      .source = pair.source,
                      .compiler = record->compiler,
                      .command = record->command,
                      .sandbox = record->sandbox,
                      .started = static_cast<std::uint64_t>(record->started),
                      .duration = static_cast<std::uint64_t>(record->duration_ms),
                      .tree = carried(record->tree),
                      .files = {}};
  for (const auto& module : pair.modules) KPKG_TRY(add_module(workspace, module.artifact, build.files));
  for (const auto& file : pair.files) KPKG_TRY(add_kept(workspace, file, build.files));
  auto log = KPKG_TRY(workspace.root.read_if_present(pair.log));
  if (log) build.files.push_back({FileKind::log, "build.log", std::move(*log)});
  return build;
}

}  // namespace

Result<std::string> packed(const Workspace& workspace, Session& session, const Target& target,
                           std::span<const LoadedRecipe> recipes, std::span<const PairResult> pairs) {
  bundle::Bundle bundle{.kernel = kernel_of(target), .tree_grade = target.tree_grade, .builds = {}};
  for (std::size_t index = 0; index < pairs.size(); ++index) {
    auto build = KPKG_TRY(build_of(workspace, session, recipes[index], pairs[index])
                              .within(fmt::format("bundling {}", pairs[index].recipe)));
    bundle.builds.push_back(std::move(build));
  }
  return bundle::bundle_bytes(bundle);
}

}  // namespace kpkg::workflow
