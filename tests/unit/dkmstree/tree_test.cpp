// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/tree.hpp"

#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;

TEST_CASE("a tree that is absent or empty has no modules and no problems") {
  World world;
  CHECK(world.tree() == Tree{});

  world.gone("/var/lib/dkms");

  CHECK(world.tree() == Tree{});
}

TEST_CASE("everything that DKMS made is read") {
  World world;
  world.added("dahdi", "2.11").installed("dahdi", "2.11", old_kernel).built("dahdi", "2.11", new_kernel);
  world.directory("/var/lib/dkms/dahdi/original_module/6.1.0-9-amd64/x86_64");
  world.file("/var/lib/dkms/dahdi/2.11/tarball/dahdi-2.11-source-only.dkms.tar.gz");

  const auto module = world.module("dahdi");

  CHECK(module == Module{.name = "dahdi",
                         .versions = {{.version = "2.11",
                                       .source = Source::present,
                                       .source_target = "/usr/src/dahdi-2.11",
                                       .has_build_place = true,
                                       .builds = {{new_kernel}, {old_kernel}},
                                       .tarballs = {"dahdi-2.11-source-only.dkms.tar.gz"}}},
                         .links = {{.name = "kernel-6.1.0-9-amd64-x86_64",
                                    .target = "2.11/6.1.0-9-amd64/x86_64",
                                    .leads_to = "2.11/6.1.0-9-amd64/x86_64"}},
                         .originals = {old_kernel}});
  CHECK(module.is_installed("2.11", old_kernel));
  CHECK_FALSE(module.is_installed("2.11", new_kernel));
  CHECK(world.tree() == Tree{.modules = {module}});
}

TEST_CASE("files that are no modules are passed over") {
  World world;
  world.file("/var/lib/dkms/mok.key")
      .file("/var/lib/dkms/dahdi/README")
      .directory("/var/lib/dkms/.hidden/1.0");

  CHECK(world.tree() == Tree{.modules = {{.name = "dahdi"}}});
}

TEST_CASE("a source is present, dangles, is a directory or is absent") {
  World world;
  world.added("a", "1").added("a", "2").gone("/usr/src/a-2");
  world.file("/var/lib/dkms/a/3/source/dkms.conf").added("a", "4").gone("/var/lib/dkms/a/4/source");
  world.link("/etc/../var/lib/dkms/a/3/source", "/var/lib/dkms/a/5/source");
  world.link("source", "/var/lib/dkms/a/6/source");

  const auto versions = world.module("a").versions;

  REQUIRE(versions.size() == 6);
  CHECK(versions[0].source == Source::present);
  CHECK(versions[1].source == Source::dangling);
  CHECK(versions[2].source == Source::directory);
  CHECK(versions[3].source == Source::absent);
  CHECK(versions[4].source == Source::present);
  CHECK(versions[5].source == Source::dangling);
}

TEST_CASE("a version is broken when its link dangles, or is missing although its source is there") {
  World world;
  world.added("a", "1").added("a", "2").gone("/usr/src/a-2").added("a", "3").gone("/var/lib/dkms/a/3/source");
  world.file("/var/lib/dkms/a/4/source/dkms.conf").directory("/var/lib/dkms/a/5");

  const auto versions = world.module("a").versions;

  CHECK_FALSE(versions.at(0).is_broken());
  CHECK(versions.at(1).is_broken());
  CHECK(versions.at(2).is_broken());
  CHECK_FALSE(versions.at(3).is_broken());
  CHECK_FALSE(versions.at(4).is_broken());
}

TEST_CASE("a link of a kernel counts for the build that it leads to, however it says so") {
  World world;
  world.added("a", "1").built("a", "1", old_kernel).built("a", "1", new_kernel);
  world.link("/var/lib/dkms/a/1/6.1.0-9-amd64/x86_64", "/var/lib/dkms/a/kernel-6.1.0-9-amd64-x86_64");
  world.link("1/6.1.0-9-amd64/x86_64", "/var/lib/dkms/a/kernel-6.1.0-56-amd64-x86_64");

  const auto module = world.module("a");

  CHECK(module.is_installed("1", old_kernel));
  CHECK_FALSE(module.is_installed("1", new_kernel));
}

TEST_CASE("a link that dangles, or leads to another module, leads nowhere here") {
  World world;
  world.added("a", "1").added("b", "1").built("b", "1", old_kernel);
  world.link("1/6.1.0-9-amd64/x86_64", "/var/lib/dkms/a/kernel-6.1.0-9-amd64-x86_64");
  world.link("../b/1/6.1.0-9-amd64/x86_64", "/var/lib/dkms/a/kernel-6.1.0-9-amd64-i686");

  const auto links = world.module("a").links;

  REQUIRE(links.size() == 2);
  CHECK(links[0].leads_to.empty());
  CHECK(links[1].target == "1/6.1.0-9-amd64/x86_64");
  CHECK(links[1].leads_to.empty());
}

TEST_CASE("a tree that lies elsewhere, behind a link, is read the same") {
  World world;
  world.added("a", "1").installed("a", "1", old_kernel);
  const auto before = world.tree();
  world.directory("/srv");
  REQUIRE(world.root().rename("/var/lib/dkms", "/srv/dkms"));

  world.link("/srv/dkms", "/var/lib/dkms");

  CHECK(world.tree() == before);
}

TEST_CASE("a module that is a link to another one has its builds, and none is installed") {
  World world;
  world.added("a", "1").installed("a", "1", old_kernel).link("a", "/var/lib/dkms/alias");

  CHECK(world.status() ==
        Lines{"a/1, 6.1.0-9-amd64, x86_64: installed",
              "alias/1, 6.1.0-9-amd64, x86_64: built (Built modules are missing in the kernel "
              "modules folder)"});
}

TEST_CASE("a directory without modules is a build that DKMS does not count") {
  World world;
  world.added("a", "1").directory("/var/lib/dkms/a/1/6.1.0/x86_64/log");
  world.file("/var/lib/dkms/a/1/6.1.0/i686/module");

  CHECK(world.module("a").versions.at(0).builds ==
        std::vector<Build>{{{"6.1.0", "i686"}, false}, {{"6.1.0", "x86_64"}, false}});
}

TEST_CASE("what killed commands left over is found, theirs and ours") {
  World world;
  world.added("a", "1").directory("/var/lib/dkms/a/1/6.1.0/.tmp_x86_64_aB3dE6/module");
  world.directory("/var/lib/dkms/a/.tmp_2_kpkg").link("x", "/var/lib/dkms/a/1/.tmp_source_kpkg");

  CHECK(world.module("a").left_overs == Lines{"/var/lib/dkms/a/.tmp_2_kpkg",
                                              "/var/lib/dkms/a/1/.tmp_source_kpkg",
                                              "/var/lib/dkms/a/1/6.1.0/.tmp_x86_64_aB3dE6"});
}

TEST_CASE("a name with a line end, which no record of DKMS has, is passed over") {
  World world;
  world.added("a", "1").directory("/var/lib/dkms/b\nc/1/source");

  CHECK(world.status() == Lines{"a/1: added"});
}

TEST_CASE("no link leads out of the root") {
  World world;
  world.directory("/var/lib/dkms/a/1").link("/../../../../../../usr/share", "/var/lib/dkms/a/1/source");
  world.link("/../../usr", "/var/lib/dkms/b");

  CHECK(world.module("a").versions.at(0).source == Source::dangling);
  const auto versions = world.tree().modules.at(1).versions;
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].version == "lib");
  CHECK(versions[1].version == "src");
}

TEST_CASE("a module with the name of another place is not read") {
  const World world;

  CHECK(read_module(world.root(), world.places, "../../../etc").error().kind == ErrorKind::invalid);
}
