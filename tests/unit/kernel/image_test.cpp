// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;

namespace {

/// The first kilobytes of a bzImage whose header points at `text`.
std::string a_bzimage(const std::string& text) {
  std::string image(0x1000, '\0');
  image.replace(0x202, 4, "HdrS");
  image.replace(0x20e, 2, std::string("\x00\x03", 2));
  image.replace(0x500, text.size(), text);
  return image;
}

}  // namespace

TEST_CASE("the banner of a compressed x86 image is read from its header") {
  const auto image = a_bzimage("6.1.0-56-amd64 (debian-kernel@lists.debian.org) #1 SMP");

  CHECK(kernel::banner(image) == "6.1.0-56-amd64 (debian-kernel@lists.debian.org) #1 SMP");
}

TEST_CASE("the banner of an uncompressed image is found, and no format is taken for it") {
  const std::string image =
      "code Linux version %s (%s) \nmore Linux version 6.6.12-current (armbian@next) #3\nrest";

  CHECK(kernel::banner(image) == "6.6.12-current (armbian@next) #3");
}

TEST_CASE("of two banners in an image the one with the number of the build counts") {
  const std::string image = "Linux version 6.1.0-x (a@b) # SMP\nLinux version 6.1.0-x (a@b) #1 SMP\n";

  CHECK(kernel::banner(image) == "6.1.0-x (a@b) #1 SMP");
  CHECK(kernel::banner(image.substr(0, 34)) == "6.1.0-x (a@b) # SMP");
}

TEST_CASE("a header that is cut off or points out of the file has no banner") {
  const auto image = a_bzimage("6.1.0");

  CHECK(kernel::banner("").empty());
  CHECK(kernel::banner(image.substr(0, 0x20f)).empty());
  CHECK(kernel::banner(image.substr(0, 0x400)).empty());
  CHECK(kernel::banner(image.substr(0, 0x503)).empty());
  CHECK(kernel::banner("Linux version ").empty());
  CHECK(kernel::banner("Linux version 6").empty());
}
