// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/schema.hpp"

#include "store/schema_1.hpp"
#include "store/schema_2.hpp"

#include <fmt/format.h>

#include <array>

namespace kpkg::store {
namespace {

/// "kpkg" in ASCII: tells kpkg's databases from others
/// (https://www.sqlite.org/pragma.html#pragma_application_id).
constexpr std::int64_t application_id = 0x6b706b67;

/// The n-th brings a database from version n to n + 1. Only ever appended to.
constexpr std::array migrations = {schema_1, schema_2};

}  // namespace

std::int64_t newest_schema() {
  return static_cast<std::int64_t>(migrations.size());
}

Result<std::int64_t> schema_version(Database& database) {
  const auto version = KPKG_TRY(database.integer("PRAGMA user_version"));
  const auto owner = KPKG_TRY(database.integer("PRAGMA application_id"));
  const auto tables = KPKG_TRY(database.integer("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = version == 0 && owner == 0 && tables == 0;
  if (!is_new && owner != application_id)
    return fail(ErrorKind::corrupt, "the store is another program's database", damaged_hint);
  if (version > newest_schema())
    return fail(ErrorKind::unsupported,
                fmt::format("the store has schema {}, and this kpkg knows schemas up to {}", version,
                            newest_schema()),
                "install the kpkg that wrote it, or a newer one");
  return version;
}

Status migrate(Database& database) {
  if (KPKG_TRY(schema_version(database)) == newest_schema()) return {};
  return database.atomically([&]() -> Status {
    const auto version = KPKG_TRY(schema_version(database));
    for (auto at = static_cast<std::size_t>(version); at < migrations.size(); ++at)
      KPKG_TRY(
          database.script(migrations.at(at)).within(fmt::format("migrating the store to schema {}", at + 1)));
    KPKG_TRY(database.script(fmt::format("PRAGMA application_id = {}", application_id)));
    return database.script(fmt::format("PRAGMA user_version = {}", newest_schema()));
  });
}

}  // namespace kpkg::store
