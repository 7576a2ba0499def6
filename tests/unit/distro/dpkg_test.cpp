// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/dpkg.hpp"

#include "support/fake_runner.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

const system::Outcome nothing_found{.status = 1, .errors = "dpkg-query: no path found matching pattern\n"};

struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-distro-test-");
  system::Root root = *system::Root::open(directory.path());
  support::FakeRunner runner;
};

}  // namespace

TEST_CASE("the owner of a file is told without its architecture, past diversions") {
  World world;
  world.runner.on("-- /boot/vmlinuz-6.1", {.output = "linux-image-6.1:amd64: /boot/vmlinuz-6.1\n"})
      .on("-- /usr/sbin/dkms", {.output = "diversion by kpkg from: /usr/sbin/dkms\n"
                                          "diversion by kpkg to: /usr/sbin/dkms.distrib\n"
                                          "dkms: /usr/sbin/dkms\n"})
      .on("-- /boot", {.output = "grub-common, base-files: /boot\n"});

  CHECK(distro::owner_of(world.runner, world.root, "/boot/vmlinuz-6.1").value() == "linux-image-6.1");
  CHECK(distro::owner_of(world.runner, world.root, "/usr/sbin/dkms").value() == "dkms");
  CHECK(distro::owner_of(world.runner, world.root, "/boot").value() == "grub-common");
}

TEST_CASE("a file is asked for under both names of a merged usr") {
  World world;
  world.runner.on("-- /usr/lib/modules/6.1", nothing_found)
      .on("-- /lib/modules/6.1", {.output = "linux-image-6.1: /lib/modules/6.1\n"});

  CHECK(distro::owner_of(world.runner, world.root, "/usr/lib/modules/6.1").value() == "linux-image-6.1");
  CHECK(world.runner.commands.size() == 2);
}

TEST_CASE("the database of the root is asked, and a path is no pattern") {
  World world;
  world.runner.on("dpkg-query", nothing_found);

  CHECK(distro::owner_of(world.runner, world.root, "/etc/[a]*?").value() == std::nullopt);

  REQUIRE(world.runner.commands.size() == 1);
  CHECK(world.runner.commands[0].arguments ==
        std::vector<std::string>{"--admindir=" + world.directory.path() + "/var/lib/dpkg", "--search", "--",
                                 "/etc/\\[a\\]\\*\\?"});
}

TEST_CASE("without dpkg nobody owns anything, and a broken dpkg is an error") {
  World without;
  World broken;
  broken.runner.on("dpkg-query", {.status = 2, .errors = "dpkg-query: error: parsing file\n"});

  CHECK(distro::owner_of(without.runner, without.root, "/boot").value() == std::nullopt);
  CHECK(distro::owner_of(broken.runner, broken.root, "/boot").error().message ==
        "dpkg-query failed with status 2: dpkg-query: error: parsing file");
}

TEST_CASE("only an installed package has a version") {
  World world;
  world.runner.on("-- bash", {.output = "installed 5.2.15-2+b8\n"})
      .on("-- removed", {.output = "config-files 1.0\n"})
      .on("-- foreign", {.output = "not-installed \ninstalled 2:3.0\n"})
      .on("-- absent", nothing_found);

  CHECK(distro::package_version(world.runner, world.root, "bash").value() == "5.2.15-2+b8");
  CHECK(distro::package_version(world.runner, world.root, "removed").value() == std::nullopt);
  CHECK(distro::package_version(world.runner, world.root, "foreign").value() == "2:3.0");
  CHECK(distro::package_version(world.runner, world.root, "absent").value() == std::nullopt);
  CHECK(distro::package_version(world.runner, world.root, "--purge").value() == std::nullopt);
}

TEST_CASE("dependents are installed and name the package, be it as an alternative") {
  World world;
  world.runner.on("${Depends}",
                  {.output = "installed\tmeta\t2\tlinux-image-6.1 (= 6.1-1), kmod\n"
                             "installed\tother\t3\tlinux-image-6.1-signed | linux-image-6.1:amd64\n"
                             "installed\tnothing\t1\t\n"
                             "installed\tlonger\t1\tlinux-image-6.1.1\n"
                             "config-files\tgone\t1\tlinux-image-6.1\n"});
  World without;

  CHECK(distro::dependents_of(world.runner, world.root, "linux-image-6.1").value() ==
        std::vector<distro::PackageVersion>{{"meta", "2"}, {"other", "3"}});
  CHECK(distro::dependents_of(without.runner, without.root, "linux-image-6.1").value().empty());
}

TEST_CASE("a name that could be an option, a path or a pattern is no package's name") {
  CHECK(distro::is_package_name("linux-headers-6.1.0-56-amd64"));
  CHECK(distro::is_package_name("g++"));
  CHECK_FALSE(distro::is_package_name("-o"));
  CHECK_FALSE(distro::is_package_name("./x.deb"));
  CHECK_FALSE(distro::is_package_name("x*"));
  CHECK_FALSE(distro::is_package_name("Name"));
  CHECK_FALSE(distro::is_package_name("x"));
  CHECK_FALSE(distro::is_package_name(""));
  CHECK_FALSE(distro::is_package_name("a=1"));
}
