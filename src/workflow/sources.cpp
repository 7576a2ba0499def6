// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/sources.hpp"

#include "workflow/source_parts.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

Result<std::string> patch_bytes(const LoadedRecipe& loaded, const recipe::Patch& patch) {
  auto bytes = KPKG_TRY(system::read_file(loaded.directory + "/" + patch.file).within("reading a patch"));
  const auto digest = crypto::sha256(bytes).hex();
  if (patch.sha256.empty() || patch.sha256 == digest) return bytes;
  return fail(ErrorKind::trust, fmt::format("patch {} has digest {}, but the recipe names {}", patch.file,
                                            digest, patch.sha256));
}

/// Runs patch(1) confined, because it writes where the patch says. Without fuzz: a patch that almost fits is
/// wrong.
Status apply_patch(const Workspace& workspace, const LoadedRecipe& loaded, const recipe::Patch& patch,
                   const std::string& directory, const system::Sandbox& sandbox) {
  const system::SandboxView view{.binds = {}, .directory = directory};
  auto bytes = KPKG_TRY(patch_bytes(loaded, patch));
  const system::Command inside{.program = "patch",
                               .arguments = {"--batch", "--fuzz=0", "--forward", "--reject-file=-",
                                             fmt::format("--strip={}", patch.strip)},
                               .environment = system::system_environment(),
                               .directory = sandbox.inside(view, directory),
                               .input = std::move(bytes),
                               .timeout = std::chrono::minutes(1),
                               .cost = system::Cost::work};
  const auto command = KPKG_TRY(sandbox.confine(inside, view));
  const auto outcome = KPKG_TRY(workspace.runner.run(command));
  if (outcome.succeeded()) return {};
  return fail(ErrorKind::build_failed,
              fmt::format("patch {} does not apply: {}", patch.file, outcome.output + outcome.errors),
              "the recipe's patch is for another version of the source");
}

/// Nothing has to be put together: the tree is one directory of the user, used where it is.
bool is_one_directory(const SourceIdentity& identity, const std::vector<recipe::Patch>& patches) {
  return identity.parts.size() == 1 && patches.empty() &&
         identity.parts[0].source.kind() == recipe::SourceKind::path && identity.parts[0].source.into.empty();
}

Status put_together(const Workspace& workspace, const SourceIdentity& identity, const std::string& work,
                    const std::string& tree) {
  for (const auto& part : identity.parts) {
    if (part.source.into.empty() && &part == &identity.parts.front()) {
      KPKG_TRY(obtain_part(workspace, part, tree));
      continue;
    }
    KPKG_TRY(system::make_directories(tree));
    const auto place = fmt::format("{}/{}", tree, part.source.into);
    if (!part.source.into.empty()) {
      KPKG_TRY(system::make_directories(place.substr(0, place.find_last_of('/'))));
      KPKG_TRY(obtain_part(workspace, part, place));
      continue;
    }
    const auto aside = work + "/part";
    KPKG_TRY(obtain_part(workspace, part, aside));
    KPKG_TRY(system::copy_tree(aside, tree));
    KPKG_TRY(system::remove_all(aside));
  }
  return {};
}

}  // namespace

Result<SourceIdentity> identify_source(const Workspace& workspace, const LoadedRecipe& loaded,
                                       const std::vector<recipe::Source>& sources, const SourceWish& wish,
                                       const std::vector<store::SourceRecord>& recorded) {
  std::vector<recipe::Source> wanted = sources;
  if (!wish.directory.empty()) {
    auto path = KPKG_TRY(system::canonical_path(wish.directory));
    wanted = {recipe::Source{.path = std::move(path)}};
  }
  SourceIdentity identity{.version = loaded.recipe.version.value_or(""), .digest = {}, .parts = {}};
  crypto::Sha256 hash;
  for (const auto& source : wanted) {
    auto part = KPKG_TRY(identify_part(workspace, loaded, source, wish, recorded));
    if (identity.version.empty()) identity.version = part.version;
    hash.update(fmt::format("{} {} {}\n", part.digest.hex(), source.into, source.strip));
    identity.parts.push_back(std::move(part));
  }
  for (const auto& patch : loaded.recipe.patches) hash.update(KPKG_TRY(patch_bytes(loaded, patch)));
  identity.digest = hash.finish();
  if (identity.version.empty()) identity.version = "0";
  if (wish.version && *wish.version != identity.version)
    return fail(
        ErrorKind::not_found,
        fmt::format("{} is at version {}, not {}", loaded.recipe.name, identity.version, *wish.version),
        "kpkg install --upgrade takes the newest version that apt offers");
  return identity;
}

Result<SourceTree> obtain_source(const Workspace& workspace, const LoadedRecipe& loaded,
                                 const SourceIdentity& identity, const std::vector<recipe::Patch>& patches,
                                 const system::Sandbox& sandbox) {
  if (is_one_directory(identity, patches)) return SourceTree{identity.parts[0].directory, std::nullopt};
  auto work = KPKG_TRY(system::TempDir::create(KPKG_TRY(workspace.root.host_path(places::work)), "source-"));
  const auto tree = work.path() + "/tree";
  KPKG_TRY(put_together(workspace, identity, work.path(), tree).within("obtaining " + loaded.recipe.name));
  if (!patches.empty()) KPKG_TRY(system::give_tree(tree, sandbox.user().user, sandbox.user().group));
  for (const auto& patch : patches) KPKG_TRY(apply_patch(workspace, loaded, patch, tree, sandbox));
  return SourceTree{tree, std::move(work)};
}

}  // namespace kpkg::workflow
