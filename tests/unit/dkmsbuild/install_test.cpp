// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/file.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

namespace kpkg::test {
namespace {

constexpr const char* active = "/var/lib/dkms/driver/kernel-6.1.0-test-x86_64";

}  // namespace

TEST_CASE("an installation builds, puts the module into updates/dkms, and indexes it") {
  BuildWorld world;

  CHECK(world.install() == 0);

  CHECK(world.said ==
        "Module signing is disabled by policy, modules won't be signed\n\nBuilding module(s)...<> done.\n"
        "Installing /lib/modules/6.1.0-test/updates/dkms/driver.ko\nRunning depmod...<> done.\n");
  CHECK(world.read(installed) == world.read("/usr/src/driver-1.0/module"));
  CHECK(world.has(active));
  CHECK(world.runner.in_root == std::vector<std::string>{"depmod -a 6.1.0-test"});
  CHECK_FALSE(world.has("/var/lib/dkms/depmod-pending-6.1.0-test-x86_64"));
}

TEST_CASE("what is installed stays as it is unless it is forced") {
  BuildWorld world;
  world.install();

  CHECK(world.install() == 0);
  CHECK(world.said ==
        "Module driver/1.0 already installed on kernel 6.1.0-test (x86_64), skip. You may override by "
        "specifying --force.\n");

  world.choices.force = dkmsbuild::Force::yes;
  CHECK(world.install() == 0);
  CHECK(world.said ==
        "Module driver/1.0 for kernel 6.1.0-test (x86_64):\n"
        "Before uninstall, this module version was ACTIVE on this kernel.\n"
        "Deleting /lib/modules/6.1.0-test/updates/dkms/driver.ko\nRunning depmod...<> done.\n\n"
        "Installing /lib/modules/6.1.0-test/updates/dkms/driver.ko\nRunning depmod...<> done.\n");
}

TEST_CASE("a kernel that is not there gets nothing") {
  BuildWorld world;
  world.task.id.target.kernel = "6.1.0-none";
  world.task.kernel_source_dir = "/usr/src/linux-headers-6.1.0-test";

  CHECK(world.install() == 6);

  CHECK(
      world.said.ends_with("\nError! The directory /lib/modules/6.1.0-none doesn't exist.\n"
                           "You cannot install a module onto a non-existent kernel.\n"));
}

TEST_CASE("a module that the kernel would not load is not installed, and why is told behind DKMS's words") {
  BuildWorld world;
  world.file("/usr/src/driver-1.0/module", "this is no module");

  CHECK(world.install() == 6);

  CHECK(world.said.find("\nError! Installation aborted.\nKernel 6.1.0-test would not load ") !=
        std::string::npos);
  CHECK_FALSE(world.has(installed));
  CHECK_FALSE(world.has(active));
}

TEST_CASE("force installs what the kernel would not load") {
  BuildWorld world;
  world.file("/usr/src/driver-1.0/module", "this is no module");
  world.choices.force = dkmsbuild::Force::yes;

  CHECK(world.install() == 0);

  CHECK(world.said.find("Warning: Kernel 6.1.0-test would not load ") != std::string::npos);
  CHECK(world.has(installed));
}

TEST_CASE("a pre_install script that fails ends the installation before a file changes") {
  BuildWorld world;
  world.conf("MAKE[0]=\"cp module driver.ko\"\nPRE_INSTALL=\"pre.sh x\"\n");
  world.script("/usr/src/driver-1.0/pre.sh", "");
  world.runner.outcomes["pre.sh"] = {.status = 4, .output = "no\n"};

  CHECK(world.install() == 101);

  CHECK(
      world.said.ends_with("Running the pre_install script:\nno\n\n"
                           "Error! pre_install failed, aborting install.\n"
                           "You may override by specifying --force.\n"));
  CHECK_FALSE(world.has(installed));
}

TEST_CASE("a depmod that fails takes the installation back") {
  BuildWorld world;
  world.runner.outcomes["depmod"] = {.status = 1, .errors = "depmod: ERROR\n"};

  CHECK(world.install() == 6);

  CHECK(
      world.said.ends_with("\nError! Problems with depmod detected. Automatically uninstalling this module.\n"
                           "Install Failed (depmod problems). Module rolled back to built state.\n"));
  CHECK_FALSE(world.has(installed));
  CHECK_FALSE(world.has(active));
  CHECK(world.has(built));
}

TEST_CASE("without an index there is nothing for depmod to do, and who wants to know is told") {
  BuildWorld world;
  const std::string index = world.directory() + "/lib/modules/6.1.0-test/modules.dep";
  REQUIRE(system::remove_all(index).has_value());

  CHECK(world.install() == 0);
  CHECK(world.said.ends_with("Running depmod...<> done.\n"));
  CHECK(world.runner.in_root.empty());

  world.framework.verbose = "true";
  CHECK(world.uninstall() == 0);
  CHECK(
      world.said.ends_with("do_depmod 6.1.0-test\nSkipping depmod because "
                           "'/lib/modules/6.1.0-test/modules.dep' is missing.\n done.\n"));
}

TEST_CASE("a directive of the command line reaches make") {
  BuildWorld world;
  world.conf("MAKE[0]='cp module driver.ko; echo \\$FLAVOUR'\n");
  world.task.directives = {"FLAVOUR=mine"};

  CHECK(world.install() == 0);

  CHECK(world.read(std::string(built) + "/log/make.log").find("\nmine\n") != std::string::npos);
}

TEST_CASE("an older version than the installed one is refused") {
  BuildWorld world;
  world.task.id.version = "2.0";
  world.version("2.0").conf("MAKE[0]=\"cp module driver.ko\"\n");
  world.link("/usr/src/driver-2.0", "/var/lib/dkms/driver/2.0/source");
  REQUIRE(world.install() == 0);
  world.task.id.version = "1.0";

  CHECK(world.install() == 6);

  CHECK(
      world.said.ends_with("\nError! Module version 1.0 for driver.ko\n"
                           "is not newer than what is already found in kernel 6.1.0-test (2.0).\n"
                           "You may override by specifying --force.\n\nError! Installation aborted.\n"));
}

TEST_CASE("what a recipe of kpkg installed is left to kpkg") {
  BuildWorld world;
  const std::string own = "/lib/modules/6.1.0-test/updates/kpkg/driver.ko";
  world.file(own, ModuleBuilder().named("driver").bytes());

  CHECK(world.install() == 6);

  CHECK(world.said.ends_with("\nError! Installation aborted.\n" + own +
                             " is there of a recipe of kpkg: see kpkg status.\n"
                             "You may override by specifying --force.\n"));
  CHECK(world.has(own));
  CHECK_FALSE(world.has(installed));
}

TEST_CASE("modules are links where the framework wants them to be") {
  BuildWorld world;
  world.framework.symlink_modules = "true";

  CHECK(world.install() == 0);
  CHECK(system::read_link(world.directory() + installed) == std::string(built) + "/module/driver.ko");

  CHECK(world.uninstall() == 0);
  CHECK_FALSE(world.has(installed));
  CHECK(world.has(std::string(built) + "/module/driver.ko"));
}

TEST_CASE("the kernel's own module of that name stays where it is") {
  BuildWorld world;
  const std::string own = "/lib/modules/6.1.0-test/kernel/drivers/misc/driver.ko";
  world.file(own, ModuleBuilder().named("driver").bytes());

  CHECK(world.install() == 0);

  CHECK(world.said.find("Found pre-existing") == std::string::npos);
  CHECK(world.has(own));
  CHECK(world.has(installed));
}

}  // namespace kpkg::test
