// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.hpp"

#include <doctest/doctest.h>

namespace kpkg::test {
namespace {

constexpr const char* active = "/var/lib/dkms/driver/kernel-6.1.0-test-x86_64";

}  // namespace

TEST_CASE("what is uninstalled stays built, and empty directories go") {
  BuildWorld world;
  world.install();

  CHECK(world.uninstall() == 0);

  CHECK(world.said ==
        "Module driver/1.0 for kernel 6.1.0-test (x86_64):\n"
        "Before uninstall, this module version was ACTIVE on this kernel.\n"
        "Deleting /lib/modules/6.1.0-test/updates/dkms/driver.ko\nRunning depmod...<> done.\n");
  CHECK_FALSE(world.has("/lib/modules/6.1.0-test/updates"));
  CHECK_FALSE(world.has(active));
  CHECK(world.has(built));
}

TEST_CASE("what is not installed is said to be so, unless it may be excluded") {
  BuildWorld world;

  CHECK(world.uninstall() == 0);
  CHECK(world.said == "Module driver/1.0 is not installed for kernel 6.1.0-test (x86_64). Skipping...\n");

  world.conf("MAKE[0]=true\nBUILD_EXCLUSIVE_KERNEL=^7\n");
  CHECK(world.uninstall() == 0);
  CHECK(world.said.empty());
}

TEST_CASE("a module that stood in the way is kept and put back") {
  BuildWorld world;
  const auto other = ModuleBuilder().named("driver").with_modinfo("version", "0.1").bytes();
  world.file(installed, other);

  CHECK(world.install() == 0);
  CHECK(world.said.find("Found pre-existing /lib/modules/6.1.0-test/updates/dkms/driver.ko, archiving for "
                        "uninstallation\nInstalling /lib/modules/6.1.0-test/updates/dkms/driver.ko\n") !=
        std::string::npos);
  CHECK(world.read("/var/lib/dkms/driver/original_module/6.1.0-test/x86_64/driver.ko") == other);

  CHECK(world.uninstall() == 0);
  CHECK(world.said.find("Deleting /lib/modules/6.1.0-test/updates/dkms/driver.ko\n"
                        "Restoring archived original module "
                        "/lib/modules/6.1.0-test/updates/dkms/driver.ko\n") != std::string::npos);
  CHECK(world.read(installed) == other);
  CHECK_FALSE(world.has("/var/lib/dkms/driver/original_module"));
}

TEST_CASE("what an older DKMS kept goes back to where its dkms.conf says") {
  BuildWorld world;
  world.install();
  world.file("/var/lib/dkms/driver/original_module/6.1.0-test/x86_64/driver.ko", "theirs");

  CHECK(world.uninstall() == 0);

  CHECK(world.said.find("Restoring archived original module\n") != std::string::npos);
  CHECK(world.read("/lib/modules/6.1.0-test/kernel/drivers/misc/driver.ko") == "theirs");
}

TEST_CASE("an origin outside the kernel's modules is not followed") {
  BuildWorld world;
  world.install();
  world.file("/var/lib/dkms/driver/original_module/6.1.0-test/x86_64/driver.ko", "theirs");
  world.file("/var/lib/dkms/driver/original_module/6.1.0-test/x86_64/driver.ko.origin",
             "/lib/modules/6.1.0-test/../../../etc/passwd\n");

  CHECK(world.uninstall() == 0);

  CHECK(world.said.find("Warning: Bad original location '/lib/modules/6.1.0-test/../../../etc/passwd' in ") !=
        std::string::npos);
  CHECK_FALSE(world.has("/etc/passwd"));
}

TEST_CASE("one index serves many removals where it is delayed") {
  BuildWorld world;
  world.install();
  world.choices.depmod = dkmsbuild::Depmod::delay;
  world.runner.in_root.clear();

  CHECK(world.uninstall() == 0);

  CHECK(world.runner.in_root.empty());
  CHECK(world.has("/var/lib/dkms/depmod-pending-6.1.0-test-x86_64"));
  CHECK(world.said.find("depmod") == std::string::npos);
}

TEST_CASE("a build is removed with its kernel's directory") {
  BuildWorld world;
  world.build();

  CHECK(world.unbuild() == 0);
  CHECK(world.said.empty());
  CHECK_FALSE(world.has("/var/lib/dkms/driver/1.0/6.1.0-test"));

  CHECK(world.unbuild() == 0);
  CHECK(world.said == "Module driver/1.0 is not built for kernel 6.1.0-test (x86_64). Skipping...\n");
}

}  // namespace kpkg::test
