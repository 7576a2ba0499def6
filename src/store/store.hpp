// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/journal.hpp"
#include "system/root.hpp"

#include <functional>
#include <memory>

namespace kpkg::store {

class Database;

/// Where the database lies inside the root.
inline constexpr std::string_view database_path = "/var/lib/kpkg/kpkg.db";

enum class Access { read, write };

/// What kpkg remembers of one root. Owns the connection to its database; what can be asked of it is declared
/// by subject in the other headers of this folder, and it is the Journal itself.
///
/// One thread uses one Store. Every change is on disk when its function returns.
class Store final : public Journal {
 public:
  /// Opens the store of `root`; write access makes it where it is absent and brings it to the newest schema.
  ///
  /// Read access changes nothing on disk and needs no rights beyond reading the file: an absent store is an
  /// empty one, one of an older kpkg is read in a migrated copy. Errors: corrupt: damaged or not kpkg's, and
  /// left as it is; unsupported: written by a newer kpkg; permission, no_space, locked, io.
  static Result<Store> open(const system::Root& root, Access access);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store() override;

  Result<std::int64_t> begin(const std::string& kernel, const std::string& intent) override;
  Status advance(std::int64_t id, TransactionState state) override;
  Result<std::vector<Transaction>> unfinished() override;

  /// Every transaction, newest first, at most `limit`.
  Result<std::vector<Transaction>> history(std::int64_t limit = 100);

  /// Runs `change` as one change of the database: all of it is kept or, if it fails, nothing. Does not nest.
  Status together(const std::function<Status()>& change);

  /// Whether every page and every reference of the database is sound. Errors: corrupt: the first thing that
  /// is not.
  Status check();

  /// Private to store/: the connection.
  Database& database() { return *database_; }

 private:
  explicit Store(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

/// The stable name in JSON and in the database: "intended".
std::string_view name_of(TransactionState state);

}  // namespace kpkg::store
