// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"
#include "archive/compression.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "kernel/find.hpp"
#include "kernel/identity.hpp"
#include "kernel/select.hpp"
#include "recipe/parse.hpp"
#include "store/artifact_directory.hpp"
#include "system/file.hpp"
#include "workflow/build_pair.hpp"
#include "workflow/bundles.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

using bundle::FileKind;

/// Changes when the meaning of a key does.
constexpr std::string_view key_format = "kpkg bundle key 1";
constexpr std::uint64_t largest_module = 64U << 20;  // bytes, when decompressed

constexpr const char* other_kernel_hint =
    "export the facts of the kernel that is here with kpkg kernel export, and build for them";

/// Which of two kernels of one release it is, in one word and its value.
tl::unexpected<Error> other_kernel(const bundle::ForKernel& wanted, std::string_view what,
                                   std::string_view told, std::string_view found) {
  return fail(
      ErrorKind::incompatible,
      printable(fmt::format("the bundle is for another kernel {}: its {} is \"{}\", and of the one that "
                            "is here \"{}\"",
                            wanted.release, what, told, trimmed(found))),
      other_kernel_hint);
}

Status must_be(const bundle::ForKernel& wanted, const Target& target) {
  if (wanted.arch != target.arch) return other_kernel(wanted, "machine", wanted.arch, target.arch);
  const auto& identity = target.facts.identity;
  const auto same = kernel::is_same_kernel(identity, {.banner = wanted.banner, .build_id = wanted.build_id});
  if (same == false && wanted.build_id && identity.build_id)
    return other_kernel(wanted, "build id", *wanted.build_id, *identity.build_id);
  if (same == false) return other_kernel(wanted, "banner", *wanted.banner, *identity.banner);
  const auto& vermagic = target.facts.vermagic;
  if (wanted.vermagic && vermagic && *wanted.vermagic != *vermagic)
    return other_kernel(wanted, "vermagic", trimmed(*wanted.vermagic), *vermagic);
  return {};
}

std::string names_of(const std::vector<kernel::Kernel>& kernels) {
  std::vector<std::string> names;
  for (const auto& kernel : kernels) names.push_back(kernel.release);
  return names.empty() ? "none" : join(names, ", ");
}

/// The name under which kpkg keeps a file besides modules; empty: it is not kept.
std::string kept_name(const bundle::File& file) {
  switch (file.kind) {
    case FileKind::symvers: return std::string(symvers_name);
    case FileKind::udev: return std::string(udev_prefix) + file.name;
    case FileKind::module:
    case FileKind::types:
    case FileKind::log: return "";
  }
  return "";
}

const bundle::File* find_file(const bundle::Build& build, FileKind kind, std::string_view name) {
  const auto found = std::find_if(build.files.begin(), build.files.end(), [&](const auto& file) {
    return file.kind == kind && (name.empty() || file.name == name);
  });
  return found == build.files.end() ? nullptr : &*found;
}

/// What the module asks and offers, of its own bytes: only what stripping took is believed.
Result<abi::Fingerprint> fingerprint_of(const bundle::Build& build, const bundle::File& module) {
  const auto plain = KPKG_TRY(archive::decompress(module.bytes, largest_module));
  auto fingerprint = KPKG_TRY(abi::fingerprint(plain));
  if (const auto* types = find_file(build, FileKind::types, module.name))
    fingerprint.types.table = KPKG_TRY(abi::module_types_from_text(types->bytes)).table;
  return fingerprint;
}

Result<store::ArtifactRecord> keep_module(const Workspace& workspace, const bundle::Build& build,
                                          const bundle::File& file) {
  const auto fingerprint = KPKG_TRY(fingerprint_of(build, file).within("reading " + file.name));
  const auto digest = KPKG_TRY(store::keep_artifact(workspace.root, file.bytes));
  return store::ArtifactRecord{.module = file.name.substr(0, file.name.rfind(".ko")),
                               .file_name = file.name,
                               .digest = digest,
                               .size = file.bytes.size(),
                               .fingerprint = json_text(abi::to_json(fingerprint)),
                               .srcversion = fingerprint.srcversion};
}

Result<std::vector<store::ArtifactRecord>> keep_files(const Workspace& workspace,
                                                      const bundle::Build& build) {
  std::vector<store::ArtifactRecord> records;
  for (const auto& file : build.files) {
    if (file.kind == FileKind::module) records.push_back(KPKG_TRY(keep_module(workspace, build, file)));
    const auto name = kept_name(file);
    if (name.empty()) continue;
    const auto digest = KPKG_TRY(store::keep_artifact(workspace.root, file.bytes));
    records.push_back({.module = "", .file_name = name, .digest = digest, .size = file.bytes.size()});
  }
  return records;
}

/// Whether the newest build under the key has the same files: the same bundle came before.
Result<bool> is_known(store::Store& store, const crypto::Digest& key,
                      const std::vector<store::ArtifactRecord>& artifacts) {
  const auto earlier = KPKG_TRY(store::newest_success(store, key));
  if (!earlier) return false;
  const auto known = KPKG_TRY(store::artifacts_of(store, earlier->id));
  return known.size() == artifacts.size() &&
         std::all_of(artifacts.begin(), artifacts.end(), [&](const auto& artifact) {
           return std::any_of(known.begin(), known.end(), [&](const auto& other) {
             return other.file_name == artifact.file_name && other.digest == artifact.digest &&
                    other.fingerprint == artifact.fingerprint;
           });
         });
}

Status remember_inputs(const Workspace& workspace, store::Store& store, const bundle::Build& build,
                       const std::string& name) {
  const auto now = workspace.clock();
  KPKG_TRY(store::remember_recipe(store, {.name = build.recipe,
                                          .version = build.version,
                                          .digest = crypto::sha256(build.text),
                                          .text = build.text,
                                          .when = now}));
  return store::remember_source(store, {.recipe = build.recipe,
                                        .version = build.version,
                                        .kind = std::string(bundle_origin),
                                        .identity = name,
                                        .digest = build.source,
                                        .when = now});
}

Status take_build(const Workspace& workspace, store::Store& store, const bundle::Build& build,
                  const Target& target, const std::string& name) {
  const auto artifacts = KPKG_TRY(keep_files(workspace, build));
  const auto key = bundle_key(build.text, target);
  KPKG_TRY(remember_inputs(workspace, store, build, name));
  if (KPKG_TRY(is_known(store, key, artifacts))) return {};
  store::BuildRecord record{.key = key,
                            .recipe = build.recipe,
                            .version = build.version,
                            .kernel = target.kernel.release,
                            .started = static_cast<std::int64_t>(build.started),
                            .duration_ms = static_cast<std::int64_t>(build.duration),
                            .outcome = store::BuildOutcome::succeeded,
                            .command = build.command,
                            .compiler = build.compiler,
                            .sandbox = build.sandbox,
                            .tree = record_of(build.tree)};
  if (const auto* log = find_file(build, FileKind::log, "")) {
    record.log = log_path(build.recipe, build.version, target.kernel.release);
    KPKG_TRY(workspace.root.make_directories(places::logs));
    KPKG_TRY(workspace.root.write(record.log, log->bytes));
  }
  KPKG_TRY(store::record_build(store, record, artifacts));
  return {};
}

}  // namespace

Result<bundle::Bundle> open_bundle(const std::string& file) {
  const auto bytes = KPKG_TRY(system::read_file(file, bundle::largest_bundle).within("opening the bundle"));
  return bundle::read_bundle(bytes).within("reading " + file);
}

Result<Target> target_of_bundle(const Workspace& workspace, const bundle::Bundle& bundle,
                                const std::vector<std::string>& names) {
  auto kernels = KPKG_TRY(kernel::find_kernels(workspace.root, workspace.host));
  if (!names.empty()) kernels = KPKG_TRY(kernel::select(kernels, names));
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const auto& kernel) {
    return kernel.release == bundle.kernel.release;
  });
  if (found == kernels.end())
    return fail(ErrorKind::incompatible,
                fmt::format("the bundle is for kernel {}, not for {}: {}", bundle.kernel.release,
                            names.empty() ? "any that is here" : "one that was named", names_of(kernels)),
                other_kernel_hint);
  auto target = KPKG_TRY(learn_target(workspace, *found, Headers::read));
  KPKG_TRY(must_be(bundle.kernel, target));
  return target;
}

Result<std::vector<LoadedRecipe>> recipes_of_bundle(const bundle::Bundle& bundle) {
  std::vector<LoadedRecipe> recipes;
  for (const auto& build : bundle.builds) {
    auto parsed = recipe::parse(build.text, build.recipe + " (in the bundle)");
    if (!parsed.recipe) return fail(ErrorKind::invalid, parsed.mistakes.front().text());
    const bool is_named_so = parsed.recipe->name == build.recipe &&
                             parsed.recipe->version.value_or(build.version) == build.version;
    if (!is_named_so)
      return fail(ErrorKind::invalid, fmt::format("what the bundle calls {} {} is another recipe: {}",
                                                  build.recipe, build.version, parsed.recipe->name));
    recipes.push_back({std::move(*parsed.recipe), std::string(bundle_origin), "/", build.text});
  }
  return recipes;
}

Status must_be_allowed(const bundle::Bundle& bundle) {
  for (const auto& build : bundle.builds) {
    const auto tree = record_of(build.tree);
    if (needs_allowance(tree))
      return fail(ErrorKind::incompatible,
                  fmt::format("{} was built in a tree that nothing proves: {}", build.recipe, told(tree)),
                  fmt::format("{} installs it all the same, and is recorded", allowing_option));
  }
  return {};
}

Status take_bundle(const Workspace& workspace, Session& session, const bundle::Bundle& bundle,
                   const Target& target, const std::string& name) {
  for (const auto& build : bundle.builds)
    KPKG_TRY(take_build(workspace, session.store, build, target, name)
                 .within(fmt::format("taking {} out of the bundle", build.recipe)));
  return {};
}

crypto::Digest bundle_key(std::string_view recipe_text, const Target& target) {
  crypto::Sha256 hash;
  hash.update(key_format);
  hash.update(crypto::sha256(recipe_text).hex());
  hash.update(target.kernel.release);
  const auto& identity = target.facts.identity;
  for (const auto& text : {identity.build_id, target.facts.vermagic})
    hash.update(fmt::format("\n{}", text.value_or("")));
  return hash.finish();
}

}  // namespace kpkg::workflow
