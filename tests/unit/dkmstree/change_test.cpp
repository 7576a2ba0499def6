// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/change.hpp"

#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;

namespace {

World a_world(void (*make)(World&)) {
  World world;
  make(world);
  return world;
}

}  // namespace

TEST_CASE("a version is added as DKMS adds it") {
  const auto world = a_world(with_source);

  world.perform(adding(world));

  CHECK(world.paths() == Lines{"a", "a/1", "a/1/build", "a/1/source -> /usr/src/a-1"});
  CHECK(world.status() == Lines{"a/1: added"});
}

TEST_CASE("a version whose link is missing or dangles is added again, and its builds count again") {
  auto world = a_world(with_build);
  world.gone("/var/lib/dkms/a/1/source");
  REQUIRE(world.status() == Lines{"a/1: broken"});
  world.perform(adding(world));
  CHECK(world.status() == Lines{"a/1, 6.1.0-9-amd64, x86_64: built"});
  world.gone("/var/lib/dkms/a/1/source").link("/nowhere", "/var/lib/dkms/a/1/source");

  world.perform(adding(world));

  CHECK(world.status() == Lines{"a/1, 6.1.0-9-amd64, x86_64: built"});
}

TEST_CASE("a version that is added, or has a source of its own, is not added") {
  CHECK(adding(a_world(with_version)).error().message == "a/1 is in the DKMS tree already");
  World world;
  world.file("/var/lib/dkms/a/1/source/dkms.conf");

  const auto steps = adding(world);

  REQUIRE_FALSE(steps);
  CHECK(steps.error().kind == ErrorKind::conflict);
  CHECK(steps.error().hint == "remove /var/lib/dkms/a/1/source if it is not needed");
}

TEST_CASE("a name that DKMS would not find is not added") {
  const World world;

  CHECK(steps_to_add(world.places, world.module("a"), {"a", ".."}).error().kind == ErrorKind::invalid);
}

TEST_CASE("a build is put in its place as DKMS puts it") {
  const auto world = a_world(with_version);

  world.perform(putting(world));

  const std::string place = "a/1/6.1.0-9-amd64";
  CHECK(world.paths() == Lines{"a", "a/1", place, place + "/x86_64", place + "/x86_64/.dep_spl",
                               place + "/x86_64/log", place + "/x86_64/log/make.log",
                               place + "/x86_64/module", place + "/x86_64/module/Module.symvers",
                               place + "/x86_64/module/a.ko", "a/1/source -> /usr/src/a-1"});
  CHECK(world.root().read("/var/lib/dkms/" + place + "/x86_64/.dep_spl") == "2.1\n");
  CHECK(world.root().status("/var/lib/dkms/" + place + "/x86_64").value()->mode == 0755);
}

TEST_CASE(
    "a build takes the place of an older one, which stays linked as the installed one and now differs") {
  const auto world = a_world(with_installed);

  world.perform(putting(world));

  CHECK(world.root().read("/var/lib/dkms/a/1/6.1.0-9-amd64/x86_64/module/a.ko") == "new bytes");
  CHECK(world.status() ==
        Lines{"a/1, 6.1.0-9-amd64, x86_64: installed (Differences between built and installed "
              "modules)"});
}

TEST_CASE("a build takes the place of a directory without modules, over which DKMS does not build") {
  World world;
  world.added("a", "1").directory("/var/lib/dkms/a/1/6.1.0-9-amd64/x86_64/log");

  world.perform(putting(world));

  CHECK(world.status() == Lines{"a/1, 6.1.0-9-amd64, x86_64: built"});
}

TEST_CASE("a new build is not installed because a link of an earlier one was forgotten") {
  auto world = a_world(with_version);
  world.link(installed_target(a1_old), world.places.installed_link_of("a", old_kernel));

  world.perform(putting(world));

  CHECK(world.status() == Lines{"a/1, 6.1.0-9-amd64, x86_64: built"});
}

TEST_CASE("a build is refused whose files would lie elsewhere, or which belongs to no version") {
  const auto world = a_world(with_version);
  auto build = a_build("a", "1", old_kernel, "x");
  build.modules[0].name = "../a.ko";
  CHECK(steps_to_put(world.places, world.module("a"), build).error().kind == ErrorKind::invalid);
  build.modules[0].name = "make.log";
  CHECK(steps_to_put(world.places, world.module("a"), build).error().message ==
        "make.log is no name of a module's file");

  const auto other = steps_to_put(world.places, world.module("a"), a_build("a", "2", old_kernel, "x"));

  CHECK(other.error().kind == ErrorKind::not_found);
}

TEST_CASE("dropping the last build of a kernel leaves nothing of the kernel") {
  auto world = a_world(with_build);
  world.directory("/var/lib/dkms/a/1/6.1.0-9-amd64/.tmp_x86_64_aB3dE6/module");

  world.perform(dropping(world));

  CHECK(world.paths() == Lines{"a", "a/1", "a/1/build", "a/1/source -> /usr/src/a-1"});
}

TEST_CASE("dropping a build leaves the one for another architecture") {
  auto world = a_world(with_build);
  world.built("a", "1", {"6.1.0-9-amd64", "i686"});

  world.perform(dropping(world));

  CHECK(world.status() == Lines{"a/1, 6.1.0-9-amd64, i686: built"});
}

TEST_CASE("an installed build is neither dropped nor removed with its version") {
  const auto world = a_world(with_installed);

  CHECK(dropping(world).error().message == "a/1 is installed for 6.1.0-9-amd64 (x86_64)");
  CHECK(removing(world).error().hint ==
        "uninstall it first with `dkms uninstall a/1 -k 6.1.0-9-amd64/x86_64`");
}

TEST_CASE("removing the last version removes the module, links to it that lead nowhere included") {
  auto world = a_world(with_build);
  world.link("1/6.2.0/x86_64", "/var/lib/dkms/a/kernel-6.2.0-x86_64");

  world.perform(removing(world));

  CHECK(world.paths().empty());
  CHECK(world.root().status("/usr/src/a-1/dkms.conf").value());
}

TEST_CASE("removing one version leaves the other and its links") {
  auto world = a_world(with_version);
  world.added("a", "10").installed("a", "10", old_kernel);

  world.perform(removing(world));

  CHECK(world.status() == Lines{"a/10, 6.1.0-9-amd64, x86_64: installed"});
}

TEST_CASE("what is not there is not removed, dropped or linked") {
  const auto world = a_world(with_version);

  CHECK(steps_to_remove(world.places, world.module("a"), {"a", "2"}).error().kind == ErrorKind::not_found);
  CHECK(dropping(world).error().message == "a/1 is not built for 6.1.0-9-amd64 (x86_64)");
  CHECK(linking(world).error().hint == "build it with `dkms build a/1 -k 6.1.0-9-amd64/x86_64`");
}

TEST_CASE("one version of a module is the installed one of a kernel, the last that was linked") {
  auto world = a_world(with_build);
  world.added("a", "2").installed("a", "2", old_kernel);

  world.perform(linking(world));

  CHECK(world.status() ==
        Lines{"a/1, 6.1.0-9-amd64, x86_64: installed (Differences between built and installed "
              "modules)",
              "a/2, 6.1.0-9-amd64, x86_64: built"});
}

TEST_CASE("what is no longer linked is built, and the link of another version stays") {
  auto world = a_world(with_installed);
  world.perform(unlinking(world));
  CHECK(world.status() == Lines{"a/1, 6.1.0-9-amd64, x86_64: built"});
  world.added("a", "2").installed("a", "2", old_kernel);

  CHECK(unlinking(world) == Steps{});
}

TEST_CASE("originals are forgotten with their directories") {
  auto world = a_world(with_build);
  world.file("/var/lib/dkms/a/original_module/6.1.0-9-amd64/x86_64/a.ko");
  const auto paths = a_world(with_build).paths();

  world.perform(steps_to_drop_originals(world.places, world.module("a"), old_kernel));

  CHECK(world.paths() == paths);
  CHECK(steps_to_drop_originals(world.places, world.module("a"), old_kernel).empty());
}

TEST_CASE("the log of a failed build is where DKMS leaves it, until a build succeeds") {
  const auto world = a_world(with_version);
  world.perform(steps_to_leave_log(world.places, world.module("a"), a1, "it failed\n"));
  CHECK(world.root().read("/var/lib/dkms/a/1/build/make.log") == "it failed\n");

  world.perform(putting(world));

  CHECK_FALSE(world.module("a").versions.at(0).has_build_place);
}

TEST_CASE("a sweep removes what was left over and nothing else") {
  auto world = a_world(with_installed);
  const auto paths = world.paths();
  world.directory("/var/lib/dkms/a/1/6.1.0-9-amd64/.tmp_x86_64_aB3dE6/module")
      .directory("/var/lib/dkms/a/.tmp_1_kpkg");

  world.perform(steps_to_sweep(world.module("a")));

  CHECK(world.paths() == paths);
}
