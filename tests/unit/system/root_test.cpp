// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/root.hpp"

#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>

using namespace kpkg;

namespace {

struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-root-test-");
  system::Root root = *system::Root::open(directory.path());

  void link(const std::string& target, const std::string& path) const {
    std::filesystem::create_symlink(target, directory.path() + path);
  }
};

}  // namespace

TEST_CASE("an absolute link is followed inside the root") {
  const World world;
  REQUIRE(world.root.make_directories("/usr/lib/modules").has_value());
  world.link("/usr/lib", "/lib");

  REQUIRE(world.root.write("/lib/modules/answer", "42").has_value());

  CHECK(world.root.read("/usr/lib/modules/answer") == "42");
  CHECK(world.root.real_path("/lib/modules").value() == "/usr/lib/modules");
}

TEST_CASE("no path and no link leads out of the root") {
  const World world;
  world.link("../../../../etc/passwd", "/up");
  world.link("/etc", "/etc-link");

  CHECK(world.root.read("/up").error().kind == ErrorKind::not_found);
  CHECK(world.root.read("/../../etc/passwd").error().kind == ErrorKind::not_found);
  CHECK_FALSE(world.root.read_if_present("/etc-link/passwd")->has_value());
}

TEST_CASE("a loop of links is an error and not a hang") {
  const World world;
  world.link("/b", "/a");
  world.link("/a", "/b");

  CHECK_FALSE(world.root.real_path("/a").has_value());
}

TEST_CASE("a file is replaced as a whole and with the mode that was asked for") {
  const World world;
  REQUIRE(world.root.write("/file", "old").has_value());

  REQUIRE(world.root.write("/file", "new", 0600).has_value());

  CHECK(world.root.read("/file") == "new");
  CHECK(world.root.status("/file")->value().mode == 0600);
  CHECK(world.root.list("/")->value().size() == 1);
}

TEST_CASE("a pipe in the place of a file is refused and nobody waits for a writer") {
  const World world;
  REQUIRE(::mkfifo((world.directory.path() + "/pipe").c_str(), 0600) == 0);

  CHECK(world.root.read("/pipe").error().kind == ErrorKind::corrupt);
}

TEST_CASE("removing what is absent is success, and a full directory stays") {
  const World world;
  REQUIRE(world.root.make_directories("/full").has_value());
  REQUIRE(world.root.write("/full/file", "").has_value());

  CHECK(world.root.remove("/nowhere/file").has_value());
  CHECK(world.root.remove_if_empty("/full").has_value());

  CHECK(world.root.status("/full")->has_value());
}

TEST_CASE("two directories exchange their names") {
  const World world;
  REQUIRE(world.root.make_directories("/old/a").has_value());
  REQUIRE(world.root.make_directories("/new/b").has_value());

  REQUIRE(world.root.exchange("/old", "/new").has_value());

  CHECK(world.root.status("/old/b")->has_value());
  CHECK(world.root.status("/new/a")->has_value());
  CHECK(world.root.exchange("/old", "/nowhere").error().kind == ErrorKind::not_found);
}

TEST_CASE("a link says what it was given, and is not made over another name") {
  const World world;
  REQUIRE(world.root.make_link("/etc/passwd", "/link").has_value());

  CHECK(world.root.make_link("/other", "/link").error().kind == ErrorKind::io);

  CHECK(system::read_link(world.directory.path() + "/link") == "/etc/passwd");
}

TEST_CASE("a directory is removed with all in it, but not with what its links lead to") {
  const World world;
  REQUIRE(world.root.write("/kept", "").has_value());
  REQUIRE(world.root.make_directories("/gone/deep").has_value());
  world.link("/kept", "/gone/deep/link");

  REQUIRE(world.root.remove_tree("/gone/").has_value());
  REQUIRE(world.root.remove_tree("/gone").has_value());

  CHECK(world.root.list("/")->value() ==
        std::vector<system::DirectoryEntry>{{"kept", system::FileType::regular}});
}

TEST_CASE("a root that is not a directory is refused with a hint") {
  const auto root = system::Root::open("/etc/passwd");

  REQUIRE_FALSE(root.has_value());
  CHECK(root.error().kind == ErrorKind::not_found);
  CHECK_FALSE(root.error().hint.empty());
}
