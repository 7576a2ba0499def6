// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/step.hpp"

#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;

TEST_CASE("steps end with the first that fails") {
  World world;

  const auto done =
      perform(world.root(), {{.kind = Step::Kind::make_directory, .path = "/made"},
                             {.kind = Step::Kind::rename, .path = "/absent", .target = "/other"},
                             {.kind = Step::Kind::remove_tree, .path = "/made"}});

  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::not_found);
  CHECK(world.root().status("/made").value());
}

TEST_CASE(
    "what steps had begun unseen goes with the one that fails, and so does the place that was made for it") {
  World world;
  const auto hidden = hidden_beside("/a/1/6.1/x86_64");

  const auto done = perform(world.root(), {{.kind = Step::Kind::remove_tree, .path = hidden},
                                           {.kind = Step::Kind::make_directory, .path = hidden + "/module"},
                                           {.kind = Step::Kind::rename, .path = "/absent", .target = "/b"}});

  REQUIRE_FALSE(done);
  CHECK_FALSE(world.root().status("/a/1/6.1").value());
  CHECK(world.root().status("/a/1").value());
}

TEST_CASE("adding survives being killed anywhere") {
  CHECK(survive("a", with_source, adding) == 8);
  CHECK(survive(
            "a", [](World& world) { with_build(world), world.gone("/var/lib/dkms/a/1/source"); }, adding) ==
        8);
}

TEST_CASE("removing survives being killed anywhere") {
  CHECK(survive("a", with_build, removing) == 8);
}

TEST_CASE("putting a build survives being killed anywhere, as the first one and over an older one") {
  CHECK(survive("a", with_version, putting) == 20);
  CHECK(survive("a", with_installed, putting) == 20);
}

TEST_CASE("dropping a build survives being killed anywhere") {
  CHECK(survive("a", with_build, dropping) == 8);
}

TEST_CASE("linking and unlinking survive being killed anywhere") {
  CHECK(survive(
            "a",
            [](World& world) { with_build(world), world.added("a", "2").installed("a", "2", old_kernel); },
            linking) == 6);
  CHECK(survive("a", with_installed, unlinking) == 2);
}

TEST_CASE("forgetting originals survives being killed anywhere") {
  CHECK(survive(
            "a",
            [](World& world) {
              with_build(world);
              world.file("/var/lib/dkms/a/original_module/6.1.0-9-amd64/x86_64/a.ko");
            },
            [](const World& world) {
              return steps_to_drop_originals(world.places, world.module("a"), old_kernel);
            }) == 10);
}
