// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/find.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::FakeRoot;
using test::kernel_of;
using test::kernels_of;

TEST_CASE("kernels are listed by version, the newest first") {
  FakeRoot world;
  world.merged_usr();
  world.directory("/lib/modules/6.1.0-9-amd64").directory("/lib/modules/6.1.0-56-amd64");
  world.directory("/lib/modules/5.10.0-30-amd64");

  const auto kernels = kernels_of(world);

  REQUIRE(kernels.size() == 3);
  CHECK(kernels[0].release == "6.1.0-56-amd64");
  CHECK(kernels[1].release == "6.1.0-9-amd64");
  CHECK(kernels[2].release == "5.10.0-30-amd64");
}

TEST_CASE("a root without kernels has an empty list") {
  CHECK(kernels_of(FakeRoot()).empty());
}

TEST_CASE("with merged /usr a kernel is listed once, under its real directory") {
  FakeRoot world;
  world.merged_usr().own_module("/lib/modules/6.1.0/kernel/fs/ext4.ko");

  CHECK(kernel_of(world).module_directory == "/usr/lib/modules/6.1.0");
}

TEST_CASE("without merged /usr the kernels of both directories are listed") {
  FakeRoot world;
  world.directory("/lib/modules/6.1.0").directory("/usr/lib/modules/7.2.0");

  const auto kernels = kernels_of(world);

  REQUIRE(kernels.size() == 2);
  CHECK(kernels[0].module_directory == "/usr/lib/modules/7.2.0");
  CHECK(kernels[1].module_directory == "/lib/modules/6.1.0");
}

TEST_CASE("of two directories for one release the one with modules counts") {
  FakeRoot world;
  world.directory("/lib/modules/7.2.0").own_module("/usr/lib/modules/7.2.0/kernel/fs/ext4.ko");

  CHECK(kernel_of(world).module_directory == "/usr/lib/modules/7.2.0");
}

TEST_CASE("a kernel directory may be a link, and one that leads nowhere or to itself is no kernel") {
  FakeRoot world;
  world.own_module("/srv/modules/kernel/fs/ext4.ko").link("/srv/modules", "/lib/modules/6.1.0");
  world.link("/nowhere", "/lib/modules/6.2.0").link("6.3.0", "/lib/modules/6.3.0");

  CHECK(kernel_of(world).release == "6.1.0");
  CHECK(kernel_of(world).module_directory == "/srv/modules");
  CHECK(kernel_of(world).has_modules);
}

TEST_CASE("files, hidden directories and names that no kernel can have are not kernels") {
  FakeRoot world;
  world.file("/lib/modules/README").directory("/lib/modules/.dpkg-tmp").directory("/lib/modules/a\nb");
  world.directory("/lib/modules/6.1.0 (copy)").directory("/lib/modules/6.1.0");

  CHECK(kernel_of(world).release == "6.1.0");
}

TEST_CASE("leftovers of other tools are not modules of the kernel") {
  FakeRoot world;
  world.own_module("/lib/modules/6.1.0/updates/dkms/tty0tty.ko").file("/lib/modules/6.1.0/kernel/README");

  CHECK_FALSE(kernel_of(world).has_modules);
}

TEST_CASE("compressed modules are modules") {
  FakeRoot world;
  world.file("/lib/modules/6.1.0/kernel/drivers/net/dummy.ko.zst");

  CHECK(kernel_of(world).has_modules);
}

TEST_CASE("the running kernel is not said to run in a root that is not this machine's") {
  FakeRoot world;
  world.directory("/lib/modules/6.1.0");

  const auto kernels = kernel::find_kernels(world.root(), test::a_host("6.1.0"));

  CHECK_FALSE(kernels.value().front().is_running);
}

TEST_CASE("headers without an image are a kernel with a tree and nothing else") {
  FakeRoot world;
  world.tree("/usr/src/linux-headers-6.1.0").link("/usr/src/linux-headers-6.1.0", "/lib/modules/6.1.0/build");

  const auto kernel = kernel_of(world);

  CHECK_FALSE(kernel.image.has_value());
  CHECK_FALSE(kernel.has_modules);
  CHECK(kernel.tree.value().path == "/usr/src/linux-headers-6.1.0");
}

TEST_CASE("the image is the file of this release, not an empty one nor a link that leads nowhere") {
  FakeRoot world;
  world.directory("/lib/modules/6.1.0").link("vmlinuz-gone", "/boot/vmlinuz-6.1.0");
  world.file("/boot/vmlinux-6.1.0", "").file("/boot/Image-6.1.0").file("/boot/vmlinuz-6.1.0-other");

  CHECK(kernel_of(world).image.value() == "/boot/Image-6.1.0");
}

TEST_CASE("an image may lie beside the modules") {
  FakeRoot world;
  world.file("/usr/lib/modules/7.2.0/vmlinuz");

  CHECK(kernel_of(world).image.value() == "/usr/lib/modules/7.2.0/vmlinuz");
}

TEST_CASE("an image without a version in its name counts only for the release that it carries") {
  FakeRoot world;
  world.file("/boot/Image", "code Linux version 6.6.12-current (armbian@next) #1\n");
  world.directory("/lib/modules/6.6.12-current").directory("/lib/modules/6.6.12");

  const auto kernels = kernels_of(world);

  CHECK(kernels[0].image.value_or("none") == "/boot/Image");
  CHECK_FALSE(kernels[1].image.has_value());
}

TEST_CASE("the configuration in /boot comes before the one beside the modules") {
  FakeRoot world;
  world.file("/boot/config-6.1.0").file("/lib/modules/6.1.0/config");

  CHECK(kernel_of(world).configuration.value() == "/boot/config-6.1.0");
}

TEST_CASE("the configuration of a tree is not taken for the kernel's own") {
  FakeRoot world;
  world.tree("/lib/modules/6.1.0/build").file("/lib/modules/6.1.0/build/.config");

  CHECK_FALSE(kernel_of(world).configuration.has_value());
}
