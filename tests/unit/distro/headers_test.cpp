// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/headers.hpp"

#include "support/fake_runner.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using distro::header_package_of_image;
using distro::header_package_of_release;
using distro::Vendor;

namespace {

struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-distro-test-");
  system::Root root = *system::Root::open(directory.path());
  support::FakeRunner runner;

  explicit World(const std::string& os_release) {
    REQUIRE(root.make_directories("/etc").has_value());
    REQUIRE(root.write("/etc/os-release", os_release).has_value());
  }

  std::optional<std::string> headers_of(const std::string& release) {
    return *distro::header_package_for(runner, root, release);
  }
};

}  // namespace

TEST_CASE("every vendor's image package has its headers") {
  CHECK(header_package_of_image("linux-image-6.1.0-56-amd64") == "linux-headers-6.1.0-56-amd64");
  CHECK(header_package_of_image("linux-image-6.1.0-56-amd64-unsigned") == "linux-headers-6.1.0-56-amd64");
  CHECK(header_package_of_image("linux-image-unsigned-6.8.0-31-generic") == "linux-headers-6.8.0-31-generic");
  CHECK(header_package_of_image("linux-modules-6.8.0-31-generic") == "linux-headers-6.8.0-31-generic");
  CHECK(header_package_of_image("linux-modules-extra-6.8.0-31-generic") == "linux-headers-6.8.0-31-generic");
  CHECK(header_package_of_image("linux-image-current-sunxi64") == "linux-headers-current-sunxi64");
  CHECK(header_package_of_image("linux-image-6.6.20+rpt-rpi-v8") == "linux-headers-6.6.20+rpt-rpi-v8");
  CHECK(header_package_of_image("raspberrypi-kernel") == "raspberrypi-kernel-headers");
  CHECK(header_package_of_image("proxmox-kernel-6.8.12-4-pve-signed") == "proxmox-headers-6.8.12-4-pve");
  CHECK(header_package_of_image("pve-kernel-5.15.158-2-pve") == "pve-headers-5.15.158-2-pve");
  CHECK(header_package_of_image("nvidia-l4t-kernel") == "nvidia-l4t-kernel-headers");
  CHECK(header_package_of_image("proxmox-default-kernel") == "proxmox-default-headers");
  CHECK(header_package_of_image("linux-image-6.6.1") == "linux-headers-6.6.1");
}

TEST_CASE("a package that is no kernel has no headers") {
  CHECK(header_package_of_image("base-files") == std::nullopt);
  CHECK(header_package_of_image("raspberrypi-kernel-headers") == std::nullopt);
  CHECK(header_package_of_image("nvidia-l4t-kernel-dtbs") == std::nullopt);
  CHECK(header_package_of_image("") == std::nullopt);
}

TEST_CASE("a release alone tells the headers as well as it can") {
  CHECK(header_package_of_release("6.1.0-56-amd64", Vendor::debian) == "linux-headers-6.1.0-56-amd64");
  CHECK(header_package_of_release("6.8.12-4-pve", Vendor::debian) == "proxmox-headers-6.8.12-4-pve");
  CHECK(header_package_of_release("6.1.21-v8+", Vendor::debian) == "raspberrypi-kernel-headers");
  CHECK(header_package_of_release("6.6.31-current-sunxi64", Vendor::armbian) ==
        "linux-headers-current-sunxi64");
  CHECK(header_package_of_release("6.1.75-vendor-rk35xx", Vendor::armbian) == "linux-headers-vendor-rk35xx");
  CHECK(header_package_of_release("6.6.31-current-sunxi64", Vendor::debian) ==
        "linux-headers-6.6.31-current-sunxi64");
  CHECK(header_package_of_release("6.6.31-mine", Vendor::armbian) == "linux-headers-6.6.31-mine");
}

TEST_CASE("the package that owns the image decides, whatever the release looks like") {
  World world("ID=debian\n");
  world.runner.on("/boot/vmlinuz-6.6.31-current-sunxi64",
                  {.output = "linux-image-current-sunxi64: /boot/vmlinuz-6.6.31-current-sunxi64\n"});

  CHECK(world.headers_of("6.6.31-current-sunxi64") == "linux-headers-current-sunxi64");
}

TEST_CASE("where the image is not in boot, the owner of the modules decides") {
  World world("ID=ubuntu\nID_LIKE=debian\n");
  world.runner.on("/boot/", {.status = 1})
      .on("/lib/modules/6.8.0-1-raspi",
          {.output = "linux-modules-6.8.0-1-raspi: /lib/modules/6.8.0-1-raspi\n"});

  CHECK(world.headers_of("6.8.0-1-raspi") == "linux-headers-6.8.0-1-raspi");
}

TEST_CASE("an image that nobody owns is judged by its release and by Armbian's own file") {
  World debian("ID=debian\n");
  World armbian("ID=debian\n");
  REQUIRE(armbian.root.write("/etc/armbian-release", "BOARD=x\n").has_value());

  CHECK(debian.headers_of("6.6.31-current-sunxi64") == "linux-headers-6.6.31-current-sunxi64");
  CHECK(armbian.headers_of("6.6.31-current-sunxi64") == "linux-headers-current-sunxi64");
}

TEST_CASE("a distribution without Debian's packages gets no name that it does not know") {
  World world("ID=fedora\n");

  CHECK(world.headers_of("6.11.4-301.fc41.x86_64") == std::nullopt);
}
