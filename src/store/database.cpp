// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/database.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace kpkg::store {
namespace {

/// How long a statement waits for another process; kpkg's own lock makes it rare that it must.
constexpr int busy_timeout_ms = 5000;

/// Source: https://www.sqlite.org/rescode.html; the low byte is the primary code.
ErrorKind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return ErrorKind::no_space;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorKind::locked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return ErrorKind::corrupt;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return ErrorKind::permission;
    case SQLITE_INTERRUPT: return ErrorKind::interrupted;
    default: return ErrorKind::io;
  }
}

std::string hint_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::no_space: return "free some space on that file system and run the command again";
    case ErrorKind::locked: return "wait until the other command has ended and run this one again";
    case ErrorKind::corrupt: return damaged_hint;
    // SQLite says "readonly" of a full disk too, where the file is a copy that is not made yet (overlayfs).
    case ErrorKind::permission:
      return "run the command as root (sudo); as root, see that the file system is writable and has space";
    default: return "";
  }
}

tl::unexpected<Error> failure(const std::string& file, const SQLite::Exception& exception) {
  const auto kind = kind_of(exception.getErrorCode());
  return fail(kind, fmt::format("cannot use the store {}: {}", file, exception.what()), hint_of(kind));
}

int flags_of(Opening opening) {
  switch (opening) {
    case Opening::read_only: return SQLite::OPEN_READONLY;
    case Opening::existing: return SQLite::OPEN_READWRITE;
    case Opening::create: return SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
  }
  return SQLite::OPEN_READONLY;
}

void bind(SQLite::Statement& statement, int index, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return statement.bind(index, *integer);
  if (const auto* text = std::get_if<std::string>(&value)) return statement.bind(index, *text);
  if (const auto* blob = std::get_if<Blob>(&value))
    return statement.bind(index, static_cast<const void*>(blob->bytes.data()),
                          static_cast<int>(blob->bytes.size()));
  statement.bind(index);
}

void bind_all(SQLite::Statement& statement, const Values& values) {
  for (std::size_t at = 0; at < values.size(); ++at) bind(statement, static_cast<int>(at) + 1, values[at]);
}

Value value_in(const SQLite::Column& column) {
  if (column.isNull()) return {};
  if (column.isInteger()) return column.getInt64();
  if (column.isBlob()) return Blob{column.getString()};
  return column.getString();
}

Fields fields_of(SQLite::Statement& statement) {
  Values values;
  for (int at = 0; at < statement.getColumnCount(); ++at) values.push_back(value_in(statement.getColumn(at)));
  return Fields(std::move(values));
}

}  // namespace

struct Database::Connection {
  Connection(std::string name, int flags) : file(std::move(name)), sqlite(file, flags, busy_timeout_ms) {}

  std::string file;
  SQLite::Database sqlite;
  int depth = 0;  // of atomically()
};

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& file, Opening opening) {
  try {
    Database database(std::make_unique<Connection>(file, flags_of(opening)));
    KPKG_TRY(database.script("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"));
    // With a rollback journal only EXTRA makes a commit survive a power cut: it syncs the directory after the
    // journal was removed. The intent of a change must not come undone once files were changed.
    // Source: https://www.sqlite.org/pragma.html#pragma_synchronous
    if (opening != Opening::read_only) KPKG_TRY(database.script("PRAGMA synchronous = EXTRA;"));
    return database;
  } catch (const SQLite::Exception& exception) {
    return failure(file, exception);
  }
}

Result<std::int64_t> Database::change(std::string_view statement, const Values& values) {
  try {
    SQLite::Statement prepared(connection_->sqlite, std::string(statement));
    bind_all(prepared, values);
    return static_cast<std::int64_t>(prepared.exec());
  } catch (const SQLite::Exception& exception) {
    return failure(connection_->file, exception);
  }
}

Result<std::int64_t> Database::insert(std::string_view statement, const Values& values) {
  KPKG_TRY(change(statement, values));
  return connection_->sqlite.getLastInsertRowid();
}

Status Database::script(std::string_view statements) {
  try {
    connection_->sqlite.exec(std::string(statements));
    return {};
  } catch (const SQLite::Exception& exception) {
    return failure(connection_->file, exception);
  }
}

Status Database::each_row(std::string_view query, const Values& values,
                          const std::function<void(Fields&)>& visit) {
  try {
    SQLite::Statement prepared(connection_->sqlite, std::string(query));
    bind_all(prepared, values);
    while (prepared.executeStep()) {
      auto fields = fields_of(prepared);
      visit(fields);
      if (!fields.is_sound())
        return fail(ErrorKind::corrupt,
                    fmt::format("the store {} has a row that kpkg cannot have written", connection_->file),
                    hint_of(ErrorKind::corrupt));
    }
    return {};
  } catch (const SQLite::Exception& exception) {
    return failure(connection_->file, exception);
  }
}

Result<std::int64_t> Database::integer(std::string_view query, const Values& values) {
  const auto found =
      KPKG_TRY(select_first<std::int64_t>(query, values, [](Fields& fields) { return fields.integer(); }));
  return found.value_or(0);
}

Status Database::atomically(const std::function<Status()>& change) {
  const bool is_outermost = connection_->depth == 0;
  KPKG_TRY(script(is_outermost ? "BEGIN IMMEDIATE" : "SAVEPOINT inner_change"));
  ++connection_->depth;
  auto result = change();
  --connection_->depth;
  if (result) result = script(is_outermost ? "COMMIT" : "RELEASE inner_change");
  if (!result)
    drop(script(is_outermost ? "ROLLBACK" : "ROLLBACK TO inner_change; RELEASE inner_change"),
         "some failures have rolled back already");
  return result;
}

Result<Database> Database::copy_in_memory() {
  auto copy = KPKG_TRY(open(":memory:", Opening::create));
  try {
    SQLite::Backup backup(copy.connection_->sqlite, connection_->sqlite);
    backup.executeStep(-1);
    return copy;
  } catch (const SQLite::Exception& exception) {
    return failure(connection_->file, exception);
  }
}

}  // namespace kpkg::store
