// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/source_tree.hpp"

#include "system/temp_dir.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace kpkg;
using kpkg::archive::check_links;
using kpkg::archive::git_tree_id;

namespace {

/// The directory whose tree id git 2.39 gave in tests/unit/crypto/git_object_test.cpp.
struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-tree-test-");

  std::string path(const std::string& name) const { return directory.path() + "/" + name; }

  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name)) << content;
  }

  World() {
    write("lib/a", "hi\n");
    write("lib.c", "x\n");
    write("lib-x/z", "y\n");
    write("run", "#!/bin/sh\n");
    ::chmod(path("run").c_str(), 0755);
    std::filesystem::create_symlink("lib/a", path("link"));
    std::filesystem::create_directories(path("empty/emptier"));
  }
};

const std::string id_of_git = "1bf406405197263092e526cc76ca0dc98c141cd0";

}  // namespace

TEST_CASE("a directory has the tree id that git gives it, empty directories or not") {
  const World world;

  CHECK(git_tree_id(world.directory.path())->hex() == id_of_git);
}

TEST_CASE("a changed byte, mode, name or link changes the tree id") {
  const World changed;
  changed.write("lib/a", "ho\n");
  const World runs;
  ::chmod(runs.path("lib.c").c_str(), 0755);
  const World more;
  more.write("lib/b", "");

  CHECK(git_tree_id(changed.directory.path())->hex() != id_of_git);
  CHECK(git_tree_id(runs.directory.path())->hex() != id_of_git);
  CHECK(git_tree_id(more.directory.path())->hex() != id_of_git);
}

TEST_CASE("only the owner's right to execute counts, as for git") {
  const World world;
  ::chmod(world.path("lib.c").c_str(), 0611);

  CHECK(git_tree_id(world.directory.path())->hex() == id_of_git);
}

TEST_CASE("an empty directory is the empty tree, and an absent one is an error") {
  const auto empty = *system::TempDir::create("/tmp", "kpkg-tree-test-");

  CHECK(git_tree_id(empty.path())->hex() == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  CHECK(git_tree_id(empty.path() + "/absent").error().kind == ErrorKind::not_found);
}

TEST_CASE("a pipe in the tree is refused and not read") {
  const World world;
  REQUIRE(::mkfifo(world.path("pipe").c_str(), 0600) == 0);

  CHECK(git_tree_id(world.directory.path()).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a submodule counts by its commit, whatever lies in its directory") {
  const World empty;
  const World full;
  full.write("empty/emptier/file", "something");
  const std::vector<kpkg::archive::Submodule> submodules = {
      {"empty/emptier", *crypto::GitId::parse("1a2485251c33a70432394c93fb89330ef214bfc9")}};

  CHECK(git_tree_id(empty.directory.path(), submodules)->hex() ==
        git_tree_id(full.directory.path(), submodules)->hex());
  CHECK(git_tree_id(empty.directory.path(), submodules)->hex() != id_of_git);
  CHECK(git_tree_id(empty.directory.path(), {{"absent", {}}}).error().kind == ErrorKind::not_found);
}

TEST_CASE("a link that leads out of a directory on the disk is named with its target") {
  const World world;
  REQUIRE(check_links(world.directory.path()).has_value());
  std::filesystem::create_symlink("../../etc/passwd", world.path("lib/out"));

  const auto checked = check_links(world.directory.path());

  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().message ==
        "the link \"lib/out\" leads out of its directory, to \"../../etc/passwd\"");
}
