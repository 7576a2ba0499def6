// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/installed.hpp"

#include "store/database.hpp"

namespace kpkg::store {
namespace {

constexpr std::string_view columns =
    "SELECT recipe, version, kernel, module, path, digest, kind, artifact, ifnull(change, 0), "
    "allowed_by FROM installed ";

std::optional<FileKind> file_kind_named(std::string_view name) {
  for (const auto kind : {FileKind::module, FileKind::configuration})
    if (name == name_of(kind)) return kind;
  return std::nullopt;
}

InstalledRecord read_installed(Fields& fields) {
  InstalledRecord file;
  file.recipe = fields.text();
  file.version = fields.text();
  file.kernel = fields.text();
  file.module = fields.text();
  file.path = fields.text();
  file.digest = fields.digest();
  file.kind = fields.name(file_kind_named);
  file.artifact = fields.optional_digest();
  file.transaction = fields.integer();
  file.allowed_by = fields.text();
  return file;
}

LoadRecord read_load(Fields& fields) {
  LoadRecord load;
  load.module = fields.text();
  load.kernel = fields.text();
  load.outcome = fields.text();
  load.when = fields.integer();
  load.detail = fields.text();
  load.artifact = fields.optional_digest();
  return load;
}

Value reference(std::int64_t transaction) {
  return transaction == 0 ? Value() : Value(transaction);
}

}  // namespace

std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::module: return "module";
    case FileKind::configuration: return "configuration";
  }
  return "module";
}

Status record_installed(Store& store, const InstalledRecord& file) {
  KPKG_TRY(store.database().change(
      "INSERT OR REPLACE INTO installed (recipe, version, kernel, module, path, digest, kind, artifact, "
      "change, allowed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {file.recipe, file.version, file.kernel, file.module, file.path, value_of(file.digest),
       value_of(name_of(file.kind)), value_of(file.artifact), reference(file.transaction), file.allowed_by}));
  return {};
}

Status forget_installed(Store& store, const std::string& path) {
  KPKG_TRY(store.database().change("DELETE FROM installed WHERE path = ?", {path}));
  return {};
}

Result<std::vector<InstalledRecord>> installed_of(Store& store, const std::string& recipe,
                                                  const std::string& kernel) {
  return store.database().select(
      std::string(columns) + "WHERE recipe = ? AND kernel IN (?, '') ORDER BY path", {recipe, kernel},
      read_installed);
}

Result<std::vector<InstalledRecord>> installed_for(Store& store, const std::string& kernel) {
  return store.database().select(std::string(columns) + "WHERE kernel IN (?, '') ORDER BY path", {kernel},
                                 read_installed);
}

Result<std::vector<InstalledRecord>> installed(Store& store) {
  return store.database().select(std::string(columns) + "ORDER BY path", {}, read_installed);
}

Status record_load(Store& store, const LoadRecord& load) {
  KPKG_TRY(store.database().change(
      "INSERT INTO load (module, kernel, outcome, loaded, detail, artifact) VALUES (?, ?, ?, ?, ?, ?)",
      {load.module, load.kernel, load.outcome, load.when, load.detail, value_of(load.artifact)}));
  return {};
}

Result<std::vector<LoadRecord>> loads_of(Store& store, const std::string& module, const std::string& kernel,
                                         std::int64_t limit) {
  return store.database().select(
      "SELECT module, kernel, outcome, loaded, detail, artifact FROM load "
      "WHERE module = ?1 AND (?2 = '' OR kernel = ?2) ORDER BY id DESC LIMIT ?3",
      {module, kernel, limit}, read_load);
}

}  // namespace kpkg::store
