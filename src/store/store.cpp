// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.hpp"

#include "store/database.hpp"
#include "store/schema.hpp"
#include "system/clock.hpp"

#include <fmt/format.h>

namespace kpkg::store {
namespace {

constexpr std::string_view state_directory = "/var/lib/kpkg";
constexpr std::string_view fresh_path = "/var/lib/kpkg/kpkg.db.new";

std::optional<TransactionState> state_named(std::string_view name) {
  for (const auto state : {TransactionState::intended, TransactionState::applied, TransactionState::concluded,
                           TransactionState::undone})
    if (name == name_of(state)) return state;
  return std::nullopt;
}

Transaction read_transaction(Fields& fields) {
  Transaction transaction;
  transaction.id = fields.integer();
  transaction.kernel = fields.text();
  transaction.intent = fields.text();
  transaction.state = fields.name(state_named);
  transaction.started = fields.integer();
  return transaction;
}

/// An empty store comes to be under another name, so that an empty kpkg.db is always a damaged one. A journal
/// without its database would be played back into the new one.
Status create(const system::Root& root) {
  KPKG_TRY(root.make_directories(state_directory));
  KPKG_TRY(root.remove(std::string(fresh_path) + "-journal"));
  KPKG_TRY(root.remove(std::string(database_path) + "-journal"));
  // Made before SQLite opens it, whatever the umask is: every user may read the status.
  KPKG_TRY(root.write(fresh_path, "", 0644));
  {
    auto database = KPKG_TRY(Database::open(KPKG_TRY(root.host_path(fresh_path)), Opening::existing));
    KPKG_TRY(migrate(database));
  }
  return root.rename(fresh_path, database_path);
}

Status check_readable(Database& database) {
  return database.script("SELECT count(*) FROM sqlite_schema");
}

/// Opens for reading. A command that crashed while it wrote left a journal, which only a writer can play
/// back.
Result<Database> open_for_reading(const std::string& file) {
  auto database = KPKG_TRY(Database::open(file, Opening::read_only));
  const auto readable = check_readable(database);
  if (readable) return database;
  if (readable.error().kind != ErrorKind::permission) return fail(readable.error());
  auto writer = KPKG_TRY(Database::open(file, Opening::existing));
  KPKG_TRY(check_readable(writer));
  return writer;
}

Result<Database> open_read_only(const std::string& file) {
  auto database = KPKG_TRY(open_for_reading(file));
  const auto version = KPKG_TRY(schema_version(database));
  if (version == newest_schema()) return database;
  auto copy = KPKG_TRY(database.copy_in_memory());
  KPKG_TRY(migrate(copy));
  return copy;
}

Result<Database> empty_database() {
  auto database = KPKG_TRY(Database::open(":memory:", Opening::create));
  KPKG_TRY(migrate(database));
  return database;
}

}  // namespace

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const system::Root& root, Access access) {
  const auto status = KPKG_TRY(root.status(database_path));
  if (status && status->size == 0)
    return fail(ErrorKind::corrupt,
                fmt::format("the store {} is empty, as after a damaged disk", database_path), damaged_hint);
  if (!status && access == Access::write) KPKG_TRY(create(root).within("making the store"));

  const auto file = KPKG_TRY(root.host_path(database_path));
  if (access == Access::write) {
    auto database = KPKG_TRY(Database::open(file, Opening::existing));
    KPKG_TRY(migrate(database));
    return Store(std::make_unique<Database>(std::move(database)));
  }
  auto database = KPKG_TRY(status ? open_read_only(file) : empty_database());
  KPKG_TRY(database.script("PRAGMA query_only = ON"));
  return Store(std::make_unique<Database>(std::move(database)));
}

Result<std::int64_t> Store::begin(const std::string& kernel, const std::string& intent) {
  return database_->insert("INSERT INTO change (kernel, intent, state, started) VALUES (?, ?, 'intended', ?)",
                           {kernel, intent, system::seconds_now()});
}

Status Store::advance(std::int64_t id, TransactionState state) {
  const auto changed = KPKG_TRY(
      database_->change("UPDATE change SET state = ? WHERE id = ? AND state IN ('intended', 'applied')",
                        {value_of(name_of(state)), id}));
  if (changed == 0) return fail(ErrorKind::not_found, fmt::format("transaction {} is not open", id));
  return {};
}

Result<std::vector<Transaction>> Store::unfinished() {
  return database_->select(
      "SELECT id, kernel, intent, state, started FROM change "
      "WHERE state IN ('intended', 'applied') ORDER BY id",
      {}, read_transaction);
}

Result<std::vector<Transaction>> Store::history(std::int64_t limit) {
  return database_->select("SELECT id, kernel, intent, state, started FROM change ORDER BY id DESC LIMIT ?",
                           {limit}, read_transaction);
}

Status Store::together(const std::function<Status()>& change) {
  return database_->atomically(change);
}

Status Store::check() {
  std::string problem;
  KPKG_TRY(
      database_->each_row("PRAGMA quick_check(1)", {}, [&](Fields& fields) { problem = fields.text(); }));
  if (problem != "ok") return fail(ErrorKind::corrupt, "the store is damaged: " + problem);
  KPKG_TRY(database_->each_row("PRAGMA foreign_key_check", {},
                               [&](Fields& fields) { problem = "a row of " + fields.text(); }));
  if (problem != "ok") return fail(ErrorKind::corrupt, problem + " refers to one that is not there");
  return {};
}

std::string_view name_of(TransactionState state) {
  switch (state) {
    case TransactionState::intended: return "intended";
    case TransactionState::applied: return "applied";
    case TransactionState::concluded: return "concluded";
    case TransactionState::undone: return "undone";
  }
  return "intended";
}

}  // namespace kpkg::store
