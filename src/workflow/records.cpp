// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/records.hpp"

#include "abi/fingerprint_json.hpp"
#include "abi/kernel_facts_json.hpp"
#include "abi/verdict_json.hpp"
#include "archive/compression.hpp"
#include "base/json.hpp"
#include "store/artifact_directory.hpp"
#include "store/verdicts.hpp"
#include "workflow/judging.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;  // bytes, when decompressed

store::BuildOutcome outcome_of(build::BuildEnd end) {
  switch (end) {
    case build::BuildEnd::succeeded: return store::BuildOutcome::succeeded;
    case build::BuildEnd::failed:
    case build::BuildEnd::incomplete: return store::BuildOutcome::failed;
    case build::BuildEnd::timed_out: return store::BuildOutcome::timed_out;
    case build::BuildEnd::interrupted: return store::BuildOutcome::interrupted;
  }
  return store::BuildOutcome::failed;
}

Result<std::vector<store::ArtifactRecord>> keep_modules(const Workspace& workspace, const BuiltPair& built) {
  std::vector<store::ArtifactRecord> records;
  for (const auto& module : built.modules) {
    const auto bytes = KPKG_TRY(system::read_file(module.file));
    const auto digest =
        KPKG_TRY(store::keep_artifact(workspace.root, bytes).within("keeping " + module.file_name));
    records.push_back({.module = module.name,
                       .file_name = module.file_name,
                       .digest = digest,
                       .size = module.size,
                       .fingerprint = json_text(abi::to_json(module.fingerprint)),
                       .srcversion = module.fingerprint.srcversion});
  }
  return records;
}

Result<std::vector<store::ArtifactRecord>> keep_files(const Workspace& workspace, const BuiltPair& built) {
  std::vector<store::ArtifactRecord> records;
  for (const auto& file : built.files) {
    const auto digest =
        KPKG_TRY(store::keep_artifact(workspace.root, file.bytes).within("keeping " + file.name));
    records.push_back({.module = "", .file_name = file.name, .digest = digest, .size = file.bytes.size()});
  }
  return records;
}

Status remember_inputs(const Workspace& workspace, store::Store& store, const Pair& pair) {
  const auto now = workspace.clock();
  const auto& recipe = *pair.recipe;
  const auto& version = pair.source->version;
  KPKG_TRY(store::remember_recipe(store, {.name = recipe.recipe.name,
                                          .version = version,
                                          .digest = crypto::sha256(recipe.text),
                                          .text = recipe.text,
                                          .when = now}));
  for (const auto& part : pair.source->parts) {
    constexpr std::string_view kinds[] = {"url", "git", "apt", "path"};
    const auto kind = kinds[static_cast<std::size_t>(part.source.kind())];
    KPKG_TRY(store::remember_source(store, {.recipe = recipe.recipe.name,
                                            .version = version,
                                            .kind = std::string(kind),
                                            .identity = part.identity,
                                            .digest = part.digest,
                                            .when = now}));
  }
  return {};
}

store::BuildRecord build_record(const Pair& pair, const BuiltPair& built) {
  const auto& outcome = built.outcome;
  return {.key = pair.key,
          .recipe = pair.recipe->recipe.name,
          .version = pair.source->version,
          .kernel = pair.target->kernel.release,
          .started = built.started,
          .duration_ms = outcome.duration.count(),
          .cpu_ms = std::chrono::duration_cast<std::chrono::milliseconds>(outcome.cpu).count(),
          .outcome = outcome_of(outcome.end),
          .command = outcome.command,
          .compiler = outcome.compiler,
          .sandbox = std::string(system::name_of(outcome.sandbox)),
          .log = built.log,
          .first_error = outcome.error ? outcome.error->text : "",
          .tree = pair.target->tree_record};
}

void sort_out(std::vector<store::ArtifactRecord> artifacts, PairResult& result) {
  for (auto& artifact : artifacts) {
    if (artifact.module.empty())
      result.files.push_back(std::move(artifact));
    else
      result.modules.push_back({std::move(artifact), {}});
  }
}

/// BTF of the module itself is not remembered: it is looked up in the bytes that are installed.
Status add_sections(const Workspace& workspace, const store::ArtifactRecord& artifact,
                    abi::Fingerprint& fingerprint) {
  if (!fingerprint.has_btf) return {};
  const auto bytes = KPKG_TRY(store::read_artifact(workspace.root, artifact.digest));
  const auto plain = KPKG_TRY(archive::decompress(bytes, largest_module));
  fingerprint.types.sections = KPKG_TRY(abi::fingerprint(plain)).types.sections;
  return {};
}

Result<abi::Fingerprint> fingerprint_of(const store::ArtifactRecord& artifact) {
  return abi::fingerprint_from_json(KPKG_TRY(parse_json(artifact.fingerprint)));
}

}  // namespace

Status record_built(const Workspace& workspace, store::Store& store, const Pair& pair, const BuiltPair& built,
                    PairResult& result) {
  auto artifacts = KPKG_TRY(keep_modules(workspace, built));
  auto files = KPKG_TRY(keep_files(workspace, built));
  artifacts.insert(artifacts.end(), std::make_move_iterator(files.begin()),
                   std::make_move_iterator(files.end()));
  KPKG_TRY(remember_inputs(workspace, store, pair));
  result.build = KPKG_TRY(store::record_build(store, build_record(pair, built), artifacts));
  result.was_built = true;
  result.tree = pair.target->tree_record;
  result.duration = built.outcome.duration;
  result.log = built.log;
  result.notes.insert(result.notes.end(), built.outcome.notes.begin(), built.outcome.notes.end());
  for (const auto& module : built.modules)
    result.notes.insert(result.notes.end(), module.notes.begin(), module.notes.end());
  if (!built.outcome.succeeded()) {
    result.state = PairState::build_failed;
    result.first_error = built.outcome.error;
    return {};
  }
  sort_out(std::move(artifacts), result);
  return {};
}

Result<bool> take_earlier_build(const Workspace& workspace, store::Store& store,
                                const store::BuildRecord& earlier, PairResult& result) {
  auto artifacts = KPKG_TRY(store::artifacts_of(store, earlier.id));
  for (const auto& artifact : artifacts)
    if (!store::read_artifact(workspace.root, artifact.digest)) return false;
  result.build = earlier.id;
  result.version = earlier.version;
  result.log = earlier.log;
  result.tree = earlier.tree;
  sort_out(std::move(artifacts), result);
  return true;
}

Result<std::vector<abi::Fingerprint>> fingerprints_of(const PairResult& result) {
  std::vector<abi::Fingerprint> fingerprints;
  for (const auto& module : result.modules) fingerprints.push_back(KPKG_TRY(fingerprint_of(module.artifact)));
  return fingerprints;
}

Status judge_and_record(const Workspace& workspace, store::Store& store, const Target& target,
                        std::span<const abi::Fingerprint> needed, PairResult& result) {
  result.state = PairState::ready;
  auto facts = target.facts;
  facts.symbols.reset();      // tens of thousands of lines that the headers have: the digest stands for them
  facts.btf.table = nullptr;  // as many that the image has
  KPKG_TRY(store::remember_kernel(store, {.release = target.kernel.release,
                                          .digest = target.identity,
                                          .build_id = "",
                                          .facts = json_text(abi::to_json(facts)),
                                          .when = workspace.clock()}));
  auto fingerprints = KPKG_TRY(fingerprints_of(result));
  for (std::size_t index = 0; index < fingerprints.size(); ++index)
    KPKG_TRY(add_sections(workspace, result.modules[index].artifact, fingerprints[index]));
  auto known = target.facts;
  auto verdicts = judge_together(workspace, known, fingerprints, needed, LoadOrder::given);
  for (std::size_t index = 0; index < verdicts.size(); ++index) {
    auto& module = result.modules[index];
    module.verdict = std::move(verdicts[index]);
    if (!abi::is_installable(module.verdict.decision)) result.state = PairState::refused;
    Json findings = Json::array();
    for (const auto& finding : module.verdict.findings) findings.push_back(abi::to_json(finding));
    KPKG_TRY(store::record_verdict(store, {.artifact = module.artifact.digest,
                                           .kernel = target.kernel.release,
                                           .kernel_facts = target.identity,
                                           .decision = module.verdict.decision,
                                           .findings = json_text(findings),
                                           .overridden_by = "",
                                           .when = workspace.clock()}));
  }
  return {};
}

}  // namespace kpkg::workflow
