// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kpkg::store {

// Private to store/: the door to SQLite. Nothing of the library, its exceptions included, gets past it.

/// What to do about a store that cannot be read. Installed modules work without it, and the files of a recipe
/// that is installed again are taken over.
inline constexpr const char* damaged_hint =
    "move the file away and install the recipes again; the installed modules stay where they are";

/// Bytes that are no text.
struct Blob {
  std::string bytes;
};

/// A value in a column or for a `?` of a statement; monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, std::string, Blob>;
using Values = std::vector<Value>;

Value value_of(const crypto::Digest& digest);
Value value_of(const std::optional<crypto::Digest>& digest);
Value value_of(const std::optional<std::string>& text);
inline Value value_of(std::string_view text) {
  return std::string(text);
}

/// The columns of one row, read from left to right. A column that is not what is asked for makes the row
/// unsound and yields nothing, so that a reader needs no checks of its own.
class Fields {
 public:
  explicit Fields(Values values) : values_(std::move(values)) {}

  std::int64_t integer();
  std::string text();
  std::string blob();
  crypto::Digest digest();
  std::optional<std::string> optional_text();
  std::optional<crypto::Digest> optional_digest();

  /// The next column's text as `named` understands it.
  template <typename T>
  T name(std::optional<T> (*named)(std::string_view)) {
    auto value = named(text());
    sound_ = sound_ && value.has_value();
    return value.value_or(T{});
  }

  bool is_sound() const { return sound_; }

 private:
  Value next();

  Values values_;
  std::size_t at_ = 0;
  bool sound_ = true;
};

enum class Opening { read_only, existing, create };

/// A connection to one database file, and what SQLite says as Results. Owns the connection.
class Database {
 public:
  /// Opens the file of the host; ":memory:" is a new database that is gone with the connection.
  static Result<Database> open(const std::string& file, Opening opening);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs one statement that yields no rows; the number of rows that it changed.
  Result<std::int64_t> change(std::string_view statement, const Values& values = {});

  /// The key of the row that the statement inserts.
  Result<std::int64_t> insert(std::string_view statement, const Values& values);

  /// Runs a text of many statements.
  Status script(std::string_view statements);

  Status each_row(std::string_view query, const Values& values, const std::function<void(Fields&)>& visit);

  template <typename T>
  Result<std::vector<T>> select(std::string_view query, const Values& values, T (*read)(Fields&)) {
    std::vector<T> rows;
    KPKG_TRY(each_row(query, values, [&](Fields& fields) { rows.push_back(read(fields)); }));
    return rows;
  }

  template <typename T>
  Result<std::optional<T>> select_first(std::string_view query, const Values& values, T (*read)(Fields&)) {
    auto rows = KPKG_TRY(select(query, values, read));
    return rows.empty() ? std::optional<T>{} : std::optional<T>(std::move(rows.front()));
  }

  /// The single integer that the query yields.
  Result<std::int64_t> integer(std::string_view query, const Values& values = {});

  /// Keeps all that `change` does, or nothing of it if it fails. May be nested.
  Status atomically(const std::function<Status()>& change);

  /// A copy in memory, which can be changed without changing the file.
  Result<Database> copy_in_memory();

 private:
  struct Connection;
  explicit Database(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

}  // namespace kpkg::store
