// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit/store/world.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

using namespace kpkg;
using namespace kpkg::store;
using namespace kpkg::store::world;

namespace {

/// A child writes to the store and dies before it commits, as under kill -9: the journal stays. The cache is
/// made too small for the change, so that the database file itself was written to.
void crash_while_writing(const std::string& file) {
  const auto child = ::fork();
  if (child == 0) {
    sqlite3* connection = nullptr;
    sqlite3_open(file.c_str(), &connection);
    sqlite3_exec(connection,
                 "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; DELETE FROM load;"
                 "INSERT INTO load (module, kernel, outcome, loaded, detail) VALUES"
                 " ('a', '', '', 1, hex(zeroblob(150000))), ('b', '', '', 1, hex(zeroblob(150000)));",
                 nullptr, nullptr, nullptr);
    ::raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

}  // namespace

TEST_CASE("an absent store reads as an empty one, and reading does not make it") {
  const auto world = a_world();

  auto store = Store::open(world.root, Access::read);

  REQUIRE(store);
  CHECK(store->unfinished().value().empty());
  CHECK(installed(*store).value().empty());
  CHECK_FALSE(world.root.status("/var").value().has_value());
}

TEST_CASE("a store that is open for reading refuses to be written, an absent one too") {
  const auto world = a_world();
  auto absent = Store::open(world.root, Access::read).value();
  const auto written = a_store(world);
  auto present = Store::open(world.root, Access::read).value();

  CHECK(absent.begin("6.1", "{}").error().kind == ErrorKind::permission);
  CHECK(present.begin("6.1", "{}").error().kind == ErrorKind::permission);
}

TEST_CASE("what one process wrote, the next one reads") {
  const auto world = a_world();
  const auto id = a_store(world).begin("6.1.0-56-amd64", R"({"steps":[]})").value();

  auto store = Store::open(world.root, Access::read).value();

  const auto found = store.unfinished().value();
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == id);
  CHECK(found[0].kernel == "6.1.0-56-amd64");
  CHECK(found[0].intent == R"({"steps":[]})");
  CHECK(found[0].state == TransactionState::intended);
  CHECK(found[0].started > 1600000000);
}

TEST_CASE("a concluded or undone transaction is not unfinished, and cannot be opened again") {
  const auto world = a_world();
  auto store = a_store(world);
  const auto first = store.begin("6.1", "a").value();
  const auto second = store.begin("6.1", "b").value();
  const auto third = store.begin("6.1", "c").value();

  CHECK(store.advance(first, TransactionState::applied));
  CHECK(store.advance(first, TransactionState::concluded));
  CHECK(store.advance(second, TransactionState::undone));
  CHECK(store.advance(third, TransactionState::applied));

  REQUIRE(store.unfinished().value().size() == 1);
  CHECK(store.unfinished().value()[0].id == third);
  CHECK(store.advance(first, TransactionState::intended).error().kind == ErrorKind::not_found);
  CHECK(store.advance(99, TransactionState::applied).error().kind == ErrorKind::not_found);
  CHECK(store.history().value().size() == 3);
  CHECK(store.history(1).value()[0].id == third);
}

TEST_CASE("the store is readable by every user, whatever the umask is") {
  const auto world = a_world();
  const auto before = ::umask(0077);

  const auto store = a_store(world);

  ::umask(before);
  CHECK(world.root.status(database_path).value()->mode == 0644);
}

TEST_CASE("an empty, a garbled and a cut database are corrupt, say what to do, and are left as they are") {
  const auto full = a_world();
  a_store(full).begin("6.1", std::string(100000, 'x')).value();
  const auto whole = full.bytes(database_path);
  const auto empty = a_world_with_database("");
  const auto short_text = a_world_with_database("hello");
  const auto garbled = a_world_with_database(std::string(8192, 'g'));
  const auto cut = a_world_with_database(whole.substr(0, 6000));

  const auto of_empty = Store::open(empty.root, Access::write);
  const auto of_short = Store::open(short_text.root, Access::write);
  const auto of_garbled = Store::open(garbled.root, Access::read);
  const auto of_cut = Store::open(cut.root, Access::write);

  REQUIRE_FALSE(of_empty);
  REQUIRE_FALSE(of_short);
  REQUIRE_FALSE(of_garbled);
  REQUIRE_FALSE(of_cut);
  CHECK(of_empty.error().kind == ErrorKind::corrupt);
  CHECK(of_short.error().kind == ErrorKind::corrupt);
  CHECK(of_garbled.error().kind == ErrorKind::corrupt);
  CHECK(of_cut.error().kind == ErrorKind::corrupt);
  CHECK(of_cut.error().hint.find("move the file away") != std::string::npos);
  CHECK(empty.bytes(database_path).empty());
  CHECK(short_text.bytes(database_path) == "hello");
  CHECK(garbled.bytes(database_path) == std::string(8192, 'g'));
  CHECK(cut.bytes(database_path) == whole.substr(0, 6000));
}

TEST_CASE("another program's database is refused and left as it is") {
  const auto world = a_world();
  REQUIRE(world.root.make_directories("/var/lib/kpkg"));
  run_sql(world.host_path(database_path), "CREATE TABLE moz_places (id INTEGER)");
  const auto before = world.bytes(database_path);

  const auto store = Store::open(world.root, Access::write);

  REQUIRE_FALSE(store);
  CHECK(store.error().kind == ErrorKind::corrupt);
  CHECK(world.bytes(database_path) == before);
}

TEST_CASE("a row that kpkg cannot have written is corrupt, not a wrong value") {
  const auto world = a_world();
  auto store = a_store(world);
  REQUIRE(record_installed(store, an_installed_module("tty0tty", "6.1", a_digest("a"))));
  run_sql(world.host_path(database_path),
          "UPDATE installed SET digest = replace(hex(zeroblob(32)), '0', 'z')");

  const auto files = installed(store);

  REQUIRE_FALSE(files);
  CHECK(files.error().kind == ErrorKind::corrupt);
}

TEST_CASE("after a crash in the middle of a write the store has the old content, for readers too") {
  const auto world = a_world();
  a_store(world).begin("6.1", "kept").value();
  crash_while_writing(world.host_path(database_path));
  REQUIRE(world.root.status(std::string(database_path) + "-journal").value().has_value());

  auto store = Store::open(world.root, Access::read);

  REQUIRE(store);
  CHECK(store->unfinished().value()[0].intent == "kept");
  CHECK(store->check());
}

TEST_CASE("a store that crashed while it was made is made again, without the journal of another one") {
  const auto world = a_world();
  REQUIRE(world.root.make_directories("/var/lib/kpkg"));
  REQUIRE(world.root.write("/var/lib/kpkg/kpkg.db.new", "half"));
  REQUIRE(world.root.write("/var/lib/kpkg/kpkg.db-journal", "of a database that was deleted"));

  auto store = Store::open(world.root, Access::write);

  REQUIRE(store);
  CHECK(store->check());
  CHECK_FALSE(world.root.status("/var/lib/kpkg/kpkg.db-journal").value().has_value());
  CHECK_FALSE(world.root.status("/var/lib/kpkg/kpkg.db.new").value().has_value());
}

TEST_CASE("a change that fails in its middle has left nothing") {
  const auto world = a_world();
  auto store = a_store(world);

  const auto changed = store.together([&]() -> Status {
    KPKG_TRY(store.begin("6.1", "first"));
    return fail(ErrorKind::io, "no");
  });

  CHECK(changed.error().message == "no");
  CHECK(store.unfinished().value().empty());
}

TEST_CASE("a change within a change that fails takes only itself back") {
  const auto world = a_world();
  auto store = a_store(world);

  const auto outer = store.together([&]() -> Status {
    KPKG_TRY(store.begin("6.1", "outer"));
    const auto inner = store.together([&]() -> Status {
      KPKG_TRY(store.begin("6.1", "inner"));
      return fail(ErrorKind::io, "no");
    });
    CHECK_FALSE(inner);
    return {};
  });

  CHECK(outer);
  REQUIRE(store.unfinished().value().size() == 1);
  CHECK(store.unfinished().value()[0].intent == "outer");
}

TEST_CASE("another process that writes for too long is locked, with a hint" * doctest::timeout(20)) {
  const auto world = a_world();
  auto store = a_store(world);
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(world.host_path(database_path).c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);

  const auto written = store.begin("6.1", "{}");

  sqlite3_close(other);
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::locked);
  CHECK_FALSE(written.error().hint.empty());
}
