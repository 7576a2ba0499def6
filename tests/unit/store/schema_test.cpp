// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/schema.hpp"

#include "store/schema_1.hpp"
#include "unit/store/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::store;
using namespace kpkg::store::world;

namespace {

/// A build and what is installed of it, as kpkg with schema 1 wrote them.
constexpr const char* rows_of_schema_1 = R"sql(
INSERT INTO build VALUES (7, printf('%064d', 1), 'tty0tty', '1.4', '6.1', 1700000000, 2500, 4100, 'succeeded',
  'make', 'gcc 12', 'namespaces', '/var/log/kpkg/tty0tty-1.4-6.1.log', '');
INSERT INTO artifact VALUES (7, 'tty0tty', 'tty0tty.ko', printf('%064d', 2), 4096, '{}', NULL);
INSERT INTO installed VALUES ('/usr/lib/modules/6.1/updates/kpkg/tty0tty.ko', 'tty0tty', '1.4', '6.1', 'tty0tty',
  printf('%064d', 2), 'module', printf('%064d', 2), NULL);
PRAGMA application_id = 0x6b706b67;
PRAGMA user_version = 1;
)sql";

}  // namespace

TEST_CASE("an empty database of version 0 becomes one of the newest schema") {
  auto database = Database::open(":memory:", Opening::create).value();
  REQUIRE(schema_version(database).value() == 0);

  REQUIRE(migrate(database));

  CHECK(schema_version(database).value() == newest_schema());
  CHECK(database
            .integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT' "
                     "AND name NOT LIKE 'sqlite_%'")
            .value() == 0);
  CHECK(migrate(database));
}

TEST_CASE("a migration that fails leaves the database at its old version") {
  auto database = Database::open(":memory:", Opening::create).value();
  REQUIRE(database.script("PRAGMA application_id = 0x6b706b67; CREATE TABLE build (other TEXT)"));

  const auto migrated = migrate(database);

  CHECK_FALSE(migrated);
  CHECK(schema_version(database).value() == 0);
  CHECK(database.integer("SELECT count(*) FROM sqlite_schema").value() == 1);
}

TEST_CASE("a store of a newer kpkg is refused with a sentence and a hint, and left as it is") {
  const auto world = a_world();
  a_store(world).begin("6.1", "{}").value();
  run_sql(world.host_path(database_path), "PRAGMA user_version = 99");
  const auto before = world.bytes(database_path);

  const auto writing = Store::open(world.root, Access::write);
  const auto reading = Store::open(world.root, Access::read);

  REQUIRE_FALSE(writing);
  REQUIRE_FALSE(reading);
  CHECK(writing.error().kind == ErrorKind::unsupported);
  CHECK(reading.error() == writing.error());
  CHECK(writing.error().message == "the store has schema 99, and this kpkg knows schemas up to 2");
  CHECK(writing.error().hint == "install the kpkg that wrote it, or a newer one");
  CHECK(world.bytes(database_path) == before);
}

TEST_CASE("an older store is read in a migrated copy, and its file is left as it is") {
  const auto world = a_world_with_database("");
  run_sql(world.host_path(database_path), "PRAGMA application_id = 0x6b706b67");
  const auto before = world.bytes(database_path);

  auto store = Store::open(world.root, Access::read);

  REQUIRE(store);
  CHECK(installed(*store).value().empty());
  CHECK(world.bytes(database_path) == before);
}

TEST_CASE("what a store of schema 1 has was built in an unknown tree, and no flag let it in") {
  const auto world = a_world_with_database("");
  run_sql(world.host_path(database_path), std::string(schema_1) + rows_of_schema_1);

  auto reading = Store::open(world.root, Access::read).value();
  const auto read = newest_build(reading, "tty0tty", "", "6.1").value().value();
  auto store = a_store(world);
  const auto build = newest_build(store, "tty0tty", "", "6.1").value().value();

  CHECK(read == build);
  CHECK(build.compiler == "gcc 12");
  CHECK(build.tree == TreeRecord{});
  CHECK(build.tree.origin == "unknown");
  CHECK(artifacts_of(store, build.id).value().at(0).module == "tty0tty");
  CHECK(installed(store).value().at(0).allowed_by == "");
  CHECK(schema_version(store.database()).value() == 2);
  CHECK(store.check());
}

TEST_CASE("a full database file is no_space") {
  auto database = Database::open(":memory:", Opening::create).value();
  REQUIRE(migrate(database));
  REQUIRE(database.integer("PRAGMA max_page_count = 60"));

  const auto kept = database.change(
      "INSERT INTO load (module, kernel, outcome, loaded, detail) VALUES ('', '', '', 1, "
      "hex(zeroblob(500000)))");

  REQUIRE_FALSE(kept);
  CHECK(kept.error().kind == ErrorKind::no_space);
  CHECK_FALSE(kept.error().hint.empty());
}

TEST_CASE("a file that cannot be opened is a question of permission, with a hint") {
  const auto database = Database::open("/nowhere/kpkg.db", Opening::existing);

  REQUIRE_FALSE(database);
  CHECK(database.error().kind == ErrorKind::permission);
  CHECK_FALSE(database.error().hint.empty());
}
