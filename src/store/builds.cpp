// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/builds.hpp"

#include "base/text.hpp"
#include "store/database.hpp"
#include "store/tree_columns.hpp"

namespace kpkg::store {
namespace {

constexpr std::string_view build_columns =
    "SELECT id, key, recipe, version, kernel, started, duration_ms, cpu_ms, outcome, command, compiler, "
    "sandbox, log, first_error, tree, tree_origin, tree_standing, tree_proofs FROM build ";
constexpr std::string_view artifact_columns =
    "SELECT build, module, file_name, digest, size, fingerprint, srcversion FROM artifact ";

BuildRecord read_build(Fields& fields) {
  BuildRecord build;
  build.id = fields.integer();
  build.key = fields.digest();
  build.recipe = fields.text();
  build.version = fields.text();
  build.kernel = fields.text();
  build.started = fields.integer();
  build.duration_ms = fields.integer();
  build.cpu_ms = fields.integer();
  build.outcome = fields.name(build_outcome_named);
  build.command = fields.text();
  build.compiler = fields.text();
  build.sandbox = fields.text();
  build.log = fields.text();
  build.first_error = fields.text();
  build.tree = read_tree(fields);
  return build;
}

ArtifactRecord read_artifact_record(Fields& fields) {
  ArtifactRecord artifact;
  artifact.build = fields.integer();
  artifact.module = fields.text();
  artifact.file_name = fields.text();
  artifact.digest = fields.digest();
  artifact.size = static_cast<std::uint64_t>(fields.integer());
  artifact.fingerprint = fields.text();
  artifact.srcversion = fields.optional_text();
  return artifact;
}

std::string builds_where(std::string_view condition) {
  return std::string(build_columns) + std::string(condition);
}

Status record_artifact(Database& database, std::int64_t build, const ArtifactRecord& artifact) {
  KPKG_TRY(database.change(
      "INSERT INTO artifact (build, module, file_name, digest, size, fingerprint, srcversion) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {build, artifact.module, artifact.file_name, value_of(artifact.digest),
       static_cast<std::int64_t>(artifact.size), artifact.fingerprint, value_of(artifact.srcversion)}));
  return {};
}

}  // namespace

TreeRecord read_tree(Fields& fields) {
  TreeRecord tree;
  tree.path = fields.text();
  tree.origin = fields.text();
  tree.standing = fields.text();
  tree.proofs = words(fields.text());
  return tree;
}

std::string_view name_of(BuildOutcome outcome) {
  switch (outcome) {
    case BuildOutcome::succeeded: return "succeeded";
    case BuildOutcome::failed: return "failed";
    case BuildOutcome::timed_out: return "timed_out";
    case BuildOutcome::interrupted: return "interrupted";
  }
  return "failed";
}

std::optional<BuildOutcome> build_outcome_named(std::string_view name) {
  for (const auto outcome :
       {BuildOutcome::succeeded, BuildOutcome::failed, BuildOutcome::timed_out, BuildOutcome::interrupted})
    if (name == name_of(outcome)) return outcome;
  return std::nullopt;
}

Result<std::int64_t> record_build(Store& store, const BuildRecord& build,
                                  const std::vector<ArtifactRecord>& artifacts) {
  auto& database = store.database();
  std::int64_t id = 0;
  KPKG_TRY(database.atomically([&]() -> Status {
    id = KPKG_TRY(database.insert(
        "INSERT INTO build (key, recipe, version, kernel, started, duration_ms, cpu_ms, outcome, command, "
        "compiler, sandbox, log, first_error, tree, tree_origin, tree_standing, tree_proofs) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {value_of(build.key), build.recipe, build.version, build.kernel, build.started, build.duration_ms,
         build.cpu_ms, value_of(name_of(build.outcome)), build.command, build.compiler, build.sandbox,
         build.log, build.first_error, build.tree.path, build.tree.origin, build.tree.standing,
         join(build.tree.proofs, " ")}));
    for (const auto& artifact : artifacts) KPKG_TRY(record_artifact(database, id, artifact));
    return {};
  }));
  return id;
}

Result<std::optional<BuildRecord>> find_build(Store& store, std::int64_t id) {
  return store.database().select_first(builds_where("WHERE id = ?"), {id}, read_build);
}

Result<std::optional<BuildRecord>> newest_success(Store& store, const crypto::Digest& key) {
  return store.database().select_first(
      builds_where("WHERE key = ? AND outcome = 'succeeded' ORDER BY id DESC LIMIT 1"), {value_of(key)},
      read_build);
}

Result<std::optional<BuildRecord>> newest_build(Store& store, const std::string& recipe,
                                                const std::string& version, const std::string& kernel) {
  return store.database().select_first(
      builds_where(
          "WHERE recipe = ?1 AND (?2 = '' OR version = ?2) AND kernel = ?3 ORDER BY id DESC LIMIT 1"),
      {recipe, version, kernel}, read_build);
}

Result<std::optional<BuildRecord>> newest_failure(Store& store, const std::string& recipe,
                                                  const std::string& kernel) {
  return store.database().select_first(
      builds_where("WHERE recipe = ? AND kernel = ? AND outcome <> 'succeeded' ORDER BY id DESC LIMIT 1"),
      {recipe, kernel}, read_build);
}

Result<std::vector<BuildRecord>> build_history(Store& store, const std::string& recipe, std::int64_t limit) {
  return store.database().select(builds_where("WHERE (?1 = '' OR recipe = ?1) ORDER BY id DESC LIMIT ?2"),
                                 {recipe, limit}, read_build);
}

Result<std::vector<ArtifactRecord>> artifacts_of(Store& store, std::int64_t build) {
  return store.database().select(std::string(artifact_columns) + "WHERE build = ? ORDER BY module", {build},
                                 read_artifact_record);
}

Result<std::optional<ArtifactRecord>> find_artifact(Store& store, const crypto::Digest& digest) {
  return store.database().select_first(
      std::string(artifact_columns) + "WHERE digest = ? ORDER BY build DESC LIMIT 1", {value_of(digest)},
      read_artifact_record);
}

Result<std::vector<crypto::Digest>> unneeded_artifacts(Store& store) {
  constexpr std::string_view query = R"sql(
    SELECT DISTINCT digest FROM artifact
    WHERE digest NOT IN (SELECT artifact FROM installed WHERE artifact IS NOT NULL)
      AND digest NOT IN (
        SELECT digest FROM artifact WHERE build IN (
          SELECT max(id) FROM build WHERE outcome = 'succeeded' GROUP BY recipe, version, kernel))
      AND digest NOT IN (
        SELECT artifact FROM load WHERE id IN (
          SELECT max(id) FROM load
          WHERE artifact IS NOT NULL AND outcome IN ('loaded', 'already_loaded_same', 'no_device')
          GROUP BY module, kernel))
    ORDER BY digest)sql";
  return store.database().select<crypto::Digest>(query, {}, [](Fields& fields) { return fields.digest(); });
}

Status forget_artifact(Store& store, const crypto::Digest& digest) {
  auto& database = store.database();
  return database.atomically([&]() -> Status {
    KPKG_TRY(database.change("DELETE FROM verdict WHERE artifact = ?", {value_of(digest)}));
    KPKG_TRY(database.change("DELETE FROM artifact WHERE digest = ?", {value_of(digest)}));
    return {};
  });
}

}  // namespace kpkg::store
