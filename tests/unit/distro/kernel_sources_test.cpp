// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/kernel_sources.hpp"

#include <doctest/doctest.h>

using namespace kpkg::distro;
using Packages = std::vector<SourcePackage>;

namespace {

const Distribution debian{.id = "debian", .version = "12"};
const Distribution ubuntu{.id = "ubuntu", .version = "24.04", .like = {"debian"}};
const Distribution armbian{.id = "debian", .version = "12"};

}  // namespace

TEST_CASE("Debian's source is named by the series that the kernel was built of") {
  CHECK(source_packages_of({"linux-image-6.1.0-56-amd64", "6.1.192-2"}, "6.1.0-56-amd64", "6.1.192",
                           debian) == Packages{{"linux-source-6.1", "6.1.192-2"}});
  CHECK(source_packages_of({"linux-image-6.12.38+deb12-amd64", "6.12.38-1~bpo12+1"}, "6.12.38+deb12-amd64",
                           "6.12.38", debian) == Packages{{"linux-source-6.12", "6.12.38-1~bpo12+1"}});
}

TEST_CASE("a kernel that only its banner tells of has Debian's source of its series") {
  CHECK(source_packages_of({"", "6.1.192-2"}, "6.1.0-56-amd64", "6.1.192", ubuntu) ==
        Packages{{"linux-source-6.1", "6.1.192-2"}});
}

TEST_CASE("Ubuntu's source is named by the beginning of the release") {
  CHECK(source_packages_of({"linux-image-6.8.0-45-generic", "6.8.0-45.45"}, "6.8.0-45-generic", "6.8.12",
                           ubuntu) ==
        Packages{{"linux-source-6.8.0", "6.8.0-45.45"}, {"linux-hwe-6.8-source-6.8.0", "6.8.0-45.45"}});
}

TEST_CASE("the source of an unversioned package has its branch and family, and one of two versions") {
  CHECK(source_packages_of({"linux-image-current-sunxi64", "24.5.1"}, "6.6.31-current-sunxi64", "6.6.31",
                           armbian) ==
        Packages{{"linux-source-current-sunxi64", "24.5.1"},
                 {"linux-source-current-sunxi64", "6.6.31-current-sunxi64+24.5.1"}});
}

TEST_CASE("no package has the source of a kernel whose version nobody tells") {
  CHECK(source_packages_of({"linux-image-6.1.0-56-amd64", ""}, "6.1.0-56-amd64", "6.1.192", debian).empty());
  CHECK(source_packages_of({"linux-image-x", ""}, "x", "6.1.192", debian).empty());
  CHECK(source_packages_of({"", "1"}, "x", "6", debian).empty());
  CHECK(source_packages_of({"linux-image-6.1-x", "1"}, "x", "6.1", ubuntu).empty());
}

TEST_CASE("a package of source is of an image of the same version, and of no other") {
  CHECK(is_of_image({"linux-source-6.1", "6.1.192-2"}, "6.1.0-56-amd64", "6.1.192-2"));
  CHECK(is_of_image({"x", "6.6.31-current-sunxi64+24.5.1"}, "6.6.31-current-sunxi64", "24.5.1"));
  CHECK_FALSE(is_of_image({"linux-source-6.1", "6.1.192-1"}, "6.1.0-56-amd64", "6.1.192-2"));
  CHECK_FALSE(is_of_image({"linux-source-6.1", ""}, "6.1.0-56-amd64", ""));
}
