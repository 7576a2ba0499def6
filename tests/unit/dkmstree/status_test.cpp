// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/status.hpp"

#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;

namespace {

/// Two versions; one is built for two kernels and architectures.
World a_world() {
  World world;
  world.added("dahdi", "1.10")
      .built("dahdi", "1.10", {"5.10.0", "i686"})
      .built("dahdi", "1.10", {"5.10.0", "x86_64"});
  world.built("dahdi", "1.10", {"10.0", "x86_64"}).added("dahdi", "1.9").added("zfs", "1.9");
  return world;
}

}  // namespace

TEST_CASE("entries come in the order of their bytes, the slash among them") {
  World world;
  world.added("a", "1")
      .added("a0", "1")
      .added("a-b", "1")
      .added("a.b", "1")
      .added("a", "1~rc1")
      .added("B", "1");
  world.added("a", "1.10").added("a", "1.9");

  CHECK(world.status() == Lines{"B/1: added", "a-b/1: added", "a.b/1: added", "a/1: added", "a/1.10: added",
                                "a/1.9: added", "a/1~rc1: added", "a0/1: added"});
}

TEST_CASE("builds come in the order of their bytes, and hide that their version was added") {
  World world;
  world.added("a", "1").built("a", "1", {"6.1.0-9", "x86_64"}).built("a", "1", {"6.1.0-56", "x86_64"});
  world.built("a", "1", {"6.1.0-56-rt", "x86_64"}).built("a", "1", {"10.0", "x86_64"});

  CHECK(world.status() == Lines{"a/1, 10.0, x86_64: built", "a/1, 6.1.0-56-rt, x86_64: built",
                                "a/1, 6.1.0-56, x86_64: built", "a/1, 6.1.0-9, x86_64: built"});
}

TEST_CASE("what is broken is said to be, its builds are not told, and the rest is as it was") {
  World world;
  world.added("a", "1").added("b", "1").installed("b", "1", old_kernel).gone("/usr/src/b-1").added("c", "1");

  CHECK(world.status() == Lines{"a/1: added", "b/1: broken", "c/1: added"});
}

TEST_CASE("what is neither registered nor has a source is not listed") {
  World world;
  world.file("/var/lib/dkms/a/1/source/dkms.conf")
      .built("a", "1", old_kernel)
      .directory("/var/lib/dkms/a/2/build");

  CHECK(world.status().empty());
}

TEST_CASE(
    "a build without modules is none, and one whose kernel is no version is listed when it is asked for") {
  World world;
  world.added("a", "1").directory("/var/lib/dkms/a/1/6.1.0/x86_64/log").built("a", "1", {"next", "x86_64"});

  CHECK(world.status() == Lines{"a/1: added"});
  CHECK(world.status({.kernel = "next"}) == Lines{"a/1, next, x86_64: built"});
}

TEST_CASE("a module or version that is asked for is told alone") {
  const auto world = a_world();

  CHECK(world.status({.module = "zfs"}) == Lines{"zfs/1.9: added"});
  CHECK(world.status({.version = "1.9"}) == Lines{"dahdi/1.9: added", "zfs/1.9: added"});
  CHECK(world.status({.module = "dahdi", .version = "1.9"}) == Lines{"dahdi/1.9: added"});
  CHECK(world.status({.module = "DAHDI"}).empty());
}

TEST_CASE(
    "of a kernel or architecture that is asked for only its builds are told, and other versions are added") {
  const auto world = a_world();

  CHECK(world.status({.kernel = "5.10.0", .arch = "i686"}) ==
        Lines{"dahdi/1.10, 5.10.0, i686: built", "dahdi/1.9: added", "zfs/1.9: added"});
  CHECK(world.status({.module = "dahdi", .version = "1.10", .kernel = "6.1.0"}) ==
        Lines{"dahdi/1.10: added"});
  CHECK(world.status({.module = "dahdi", .version = "1.10", .arch = "x86_64"}) ==
        Lines{"dahdi/1.10, 10.0, x86_64: built", "dahdi/1.10, 5.10.0, x86_64: built"});
}

TEST_CASE("what is asked for may be a pattern") {
  const auto world = a_world();

  CHECK(world.status({.module = "d*", .version = "1.?"}) == Lines{"dahdi/1.9: added"});
  CHECK(world.status({.module = "!(d*)"}) == Lines{"zfs/1.9: added"});
  CHECK(world.status({.module = "dahdi", .version = "1.10", .kernel = "5.*"}) ==
        Lines{"dahdi/1.10, 5.10.0, i686: built", "dahdi/1.10, 5.10.0, x86_64: built"});
}

TEST_CASE("every state and remark has its words") {
  const BuildId id{"a", "1", old_kernel};

  CHECK(
      line_of(
          {.id = id, .state = State::built, .remarks = {Remark::originals_exist, Remark::modules_missing}}) ==
      "a/1, 6.1.0-9-amd64, x86_64: built (Original modules exist) (Built modules are missing in the kernel "
      "modules folder)");
  CHECK(line_of({.id = id, .state = State::installed, .remarks = {Remark::modules_differ}}) ==
        "a/1, 6.1.0-9-amd64, x86_64: installed (Differences between built and installed modules)");
  CHECK(line_of({.id = {"a", "1", {}}, .state = State::broken}) == "a/1: broken");
}

TEST_CASE("a name does not speak to the terminal") {
  CHECK(line_of({.id = {"a\x1b[2J", "1", {}}}) == "a\\x1b[2J/1: added");
}
