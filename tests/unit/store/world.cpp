// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit/store/world.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

namespace kpkg::store::world {

World a_world() {
  auto directory = system::TempDir::create("/tmp", "kpkg-store-test-").value();
  auto root = system::Root::open(directory.path()).value();
  return World{std::move(directory), std::move(root)};
}

Store a_store(const World& world) {
  return Store::open(world.root, Access::write).value();
}

World a_world_with_database(std::string_view bytes) {
  auto world = a_world();
  REQUIRE(world.root.make_directories("/var/lib/kpkg"));
  REQUIRE(world.root.write(database_path, bytes));
  return world;
}

crypto::Digest a_digest(std::string_view of) {
  return crypto::sha256(of);
}

BuildRecord a_build(const std::string& recipe, const std::string& kernel, BuildOutcome outcome) {
  BuildRecord build;
  build.key = a_digest(recipe + kernel);
  build.recipe = recipe;
  build.version = "1.4";
  build.kernel = kernel;
  build.started = 1700000000;
  build.duration_ms = 2500;
  build.cpu_ms = 4100;
  build.outcome = outcome;
  build.command = "make -C '/lib/modules/6.1/build' M=/build modules";
  build.compiler = "gcc (Debian 12.2.0-14) 12.2.0";
  build.sandbox = "namespaces";
  build.log = "/var/log/kpkg/tty0tty/1.log";
  build.first_error = outcome == BuildOutcome::succeeded ? "" : "tty0tty.c:9: error: too many arguments";
  build.tree = {.path = "/usr/src/linux-headers-" + kernel,
                .origin = "installed",
                .standing = "exact",
                .proofs = {"symbols", "types"}};
  return build;
}

ArtifactRecord an_artifact(const std::string& module, const crypto::Digest& digest) {
  ArtifactRecord artifact;
  artifact.module = module;
  artifact.file_name = module + ".ko";
  artifact.digest = digest;
  artifact.size = 4096;
  artifact.fingerprint = "{}";
  artifact.srcversion = "ABCDEF";
  return artifact;
}

InstalledRecord an_installed_module(const std::string& recipe, const std::string& kernel,
                                    const crypto::Digest& digest) {
  InstalledRecord file;
  file.recipe = recipe;
  file.version = "1.4";
  file.kernel = kernel;
  file.module = recipe;
  file.path = "/usr/lib/modules/" + kernel + "/updates/kpkg/" + recipe + ".ko";
  file.digest = digest;
  file.artifact = digest;
  return file;
}

void run_sql(const std::string& file, const std::string& statements) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &connection) == SQLITE_OK);
  CHECK(sqlite3_exec(connection, statements.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(connection);
}

}  // namespace kpkg::store::world
