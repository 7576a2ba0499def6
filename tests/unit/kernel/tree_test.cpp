// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/tree.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::find_tree;
using test::FakeRoot;
using Directories = std::vector<std::string>;

namespace {

const std::string modules = "/lib/modules/6.1.0";
const std::string headers = "/usr/src/linux-headers-6.1.0";

/// Headers in three packages, as Debian has them.
void add_debian_headers(FakeRoot& world) {
  world.file("/usr/lib/linux-kbuild-6.1/scripts/Makefile").directory("/usr/lib/linux-kbuild-6.1/tools");
  world.file("/usr/src/linux-headers-6.1.0-common/Makefile");
  world.link("../../lib/linux-kbuild-6.1/scripts", "/usr/src/linux-headers-6.1.0-common/scripts");
  world.file(headers + "/Makefile", "include /usr/src/linux-headers-6.1.0-common/Makefile\n");
  world.file(headers + "/include/generated/autoconf.h").file(headers + "/Module.symvers");
  world.link("../../lib/linux-kbuild-6.1/scripts", headers + "/scripts");
  world.link("../../lib/linux-kbuild-6.1/tools", headers + "/tools");
  world.link(headers, modules + "/build").link(headers + "-common", modules + "/source");
}

}  // namespace

TEST_CASE("an absolute build link is followed inside the root, and all that the tree refers to is found") {
  FakeRoot world;
  add_debian_headers(world);

  const auto tree = find_tree(world.root(), "6.1.0", modules).value().tree.value();

  CHECK(tree.path == headers);
  CHECK(tree.symvers.value() == headers + "/Module.symvers");
  CHECK(kernel::needed_directories(world.root(), tree).value() ==
        Directories{headers, "/usr/lib/linux-kbuild-6.1", headers + "-common"});
}

TEST_CASE("a dangling build link is a problem that names both ends") {
  FakeRoot world;
  world.link("/usr/src/gone", modules + "/build");

  const auto search = find_tree(world.root(), "6.1.0", modules).value();

  CHECK_FALSE(search.tree.has_value());
  CHECK(search.problem == "/lib/modules/6.1.0/build leads to /usr/src/gone, which is absent");
}

TEST_CASE("headers are found by their name where the build link dangles or is absent") {
  FakeRoot world;
  world.tree(headers).link("/usr/src/gone", modules + "/build").directory("/lib/modules/6.1.0-bare");
  world.tree(headers + "-bare");

  CHECK(find_tree(world.root(), "6.1.0", modules).value().tree.value().path == headers);
  CHECK(find_tree(world.root(), "6.1.0-bare", modules + "-bare").value().tree.value().path ==
        headers + "-bare");
}

TEST_CASE("without any headers the problem says where they were sought") {
  FakeRoot world;
  world.directory(modules);

  CHECK(find_tree(world.root(), "6.1.0", modules).value().problem ==
        "neither /lib/modules/6.1.0/build nor /usr/src/linux-headers-6.1.0 is there: the headers are not "
        "installed");
}

TEST_CASE("a build link that leads to itself or to the root's parents is a problem and not a failure") {
  FakeRoot world;
  world.link("build", modules + "/build").link("../../../../../../etc", "/lib/modules/out/build");

  CHECK(find_tree(world.root(), "6.1.0", modules).value().problem ==
        "/lib/modules/6.1.0/build leads to build, which cannot be followed");
  CHECK(find_tree(world.root(), "out", "/lib/modules/out").value().problem ==
        "/lib/modules/out/build leads to ../../../../../../etc, which is absent");
}

TEST_CASE("a tree is usable only with a Makefile, a configuration and scripts") {
  FakeRoot world;
  world.file("/a/README").file("/b/Makefile").file("/c/Makefile").file("/c/include/config/auto.conf");
  world.link("/usr/lib/linux-kbuild-6.1/scripts", "/c/scripts").file("/d");

  CHECK(kernel::look_at_tree(world.root(), "/a").value().problem == "/a has no Makefile");
  CHECK(kernel::look_at_tree(world.root(), "/b").value().problem.starts_with("/b is not configured"));
  CHECK(kernel::look_at_tree(world.root(), "/c").value().problem ==
        "/c/scripts leads to /usr/lib/linux-kbuild-6.1/scripts, which is absent");
  CHECK(kernel::look_at_tree(world.root(), "/d").value().problem == "/d is not a directory");
  CHECK(kernel::look_at_tree(world.root(), "/e").value().problem == "/e is absent");
}

TEST_CASE("a tree without Module.symvers is a tree") {
  FakeRoot world;
  world.tree("/usr/lib/modules/6.1.0/build");

  const auto tree = find_tree(world.root(), "6.1.0", "/usr/lib/modules/6.1.0").value().tree.value();

  CHECK_FALSE(tree.symvers.has_value());
  CHECK(kernel::needed_directories(world.root(), tree).value() ==
        Directories{"/usr/lib/modules/6.1.0/build"});
}

TEST_CASE("a directory that a Makefile assigns is needed") {
  FakeRoot world;
  world.tree(headers).tree("/usr/src/linux-headers-6.1-amd64").tree("/usr/src/linux-headers-6.1-common");
  world.file(
      headers + "/Makefile",
      "KBUILD_OUTPUT=/usr/src/linux-headers-6.1-amd64\ninclude\t/usr/src/linux-headers-6.1-common/Makefile");

  CHECK(kernel::needed_directories(world.root(), {.path = headers}).value() ==
        Directories{headers, "/usr/src/linux-headers-6.1-amd64", "/usr/src/linux-headers-6.1-common"});
}

TEST_CASE("a directory is needed of which only files at the top are linked") {
  FakeRoot world;
  world.tree("/usr/src/linux-headers-6.1").file("/usr/src/linux-headers-6.1/Kconfig");
  world.file(headers + "/include/config/auto.conf")
      .link("../linux-headers-6.1/Kconfig", headers + "/Kconfig");
  world.link("../linux-headers-6.1/Makefile", headers + "/Makefile");

  CHECK(kernel::needed_directories(world.root(), {.path = headers}).value() ==
        Directories{headers, "/usr/src/linux-headers-6.1"});
}

TEST_CASE("the sources of a tree that was made with O= are needed, wherever they are") {
  FakeRoot world;
  world.tree("/home/me/linux").tree("/home/me/out").file("/home/me/Makefile");
  world.link("/home/me/out", modules + "/build").link("/home/me/linux", modules + "/source");

  const auto tree = find_tree(world.root(), "6.1.0", modules).value().tree.value();

  CHECK(kernel::needed_directories(world.root(), tree).value() ==
        Directories{"/home/me/out", "/home/me/linux"});
}

TEST_CASE("what belongs to the system, to nobody or to another root is not needed") {
  FakeRoot world;
  world.tree(headers).file("/bin/sh").file("/usr/bin/python3").directory("/usr/lib/gcc");
  world.file(headers + "/Makefile",
             "SHELL=/bin/sh\nX=/usr/lib/gcc\nY := $(O)/usr/src/other\ninclude /../../etc\n# /");
  world.link("/", headers + "/top")
      .link("/usr", headers + "/usr")
      .link("/usr/bin/python3", headers + "/scripts/py");
  world.link("loop", headers + "/loop").link("/gone", headers + "/gone").link(".", headers + "/self");
  world.tree("/usr/src/other");

  CHECK(kernel::needed_directories(world.root(), {.path = headers}).value() == Directories{headers});
}
