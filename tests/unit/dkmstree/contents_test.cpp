// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/contents.hpp"

#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;

TEST_CASE("a build of DKMS 3.4 has modules, symbols, a log and what it depended on") {
  World world;
  world.added("zfs", "2.1").built("zfs", "2.1", old_kernel);
  const BuildId id{"zfs", "2.1", old_kernel};
  const auto directory = world.places.directory_of(id);
  world.file(directory + "/module/spl.ko.xz").file(directory + "/module/Module.symvers");
  world.file(directory + "/.dep_spl", "2.1-1\n").file(directory + "/notes");

  CHECK(read_contents(world.root(), directory) == Contents{.modules = {"spl.ko.xz", "zfs.ko"},
                                                           .has_symvers = true,
                                                           .has_log = true,
                                                           .dependencies = {{"spl", "2.1-1"}}});
}

TEST_CASE("a build that is not there has nothing") {
  const World world;

  CHECK(read_contents(world.root(), world.places.directory_of(BuildId{"zfs", "2.1", old_kernel})) ==
        Contents{});
}

TEST_CASE("an original module has its origin only if DKMS noted it") {
  World world;
  const auto directory = world.places.originals_of("a", old_kernel);
  world.file(directory + "/a.ko").file(directory + "/b.ko.zst");
  world.file(directory + "/b.ko.zst.origin", "/lib/modules/6.1.0-9-amd64/kernel/net/b.ko.zst\n");
  world.file(directory + "/collisions/extra/c.ko");

  CHECK(read_originals(world.root(), world.places, "a", old_kernel) ==
        std::vector<OriginalModule>{
            {directory + "/a.ko", std::nullopt},
            {directory + "/b.ko.zst", "/lib/modules/6.1.0-9-amd64/kernel/net/b.ko.zst"}});
}

TEST_CASE("an origin that is no path of a file system is an error") {
  World world;
  const auto directory = world.places.originals_of("a", old_kernel);
  world.file(directory + "/a.ko").file(directory + "/a.ko.origin", std::string(5000, 'x'));

  CHECK(read_originals(world.root(), world.places, "a", old_kernel).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a module's file is told by its end") {
  CHECK(module_of_file("a.b.ko.zst") == "a.b");
  CHECK_FALSE(module_of_file(".ko"));
  CHECK_FALSE(module_of_file("Module.symvers"));
}
