// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/distribution.hpp"

#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using distro::Distribution;

TEST_CASE("identity, version and relatives are read, quoted or not") {
  const auto parsed = distro::parse_os_release(
      "PRETTY_NAME=\"Linux Mint 22\"\nID=linuxmint\nVERSION_ID=\"22\"\nID_LIKE='ubuntu debian'\n");

  CHECK(parsed == Distribution{.id = "linuxmint", .version = "22", .like = {"ubuntu", "debian"}});
  CHECK(parsed.is_like("debian"));
  CHECK(parsed.is_like("linuxmint"));
  CHECK_FALSE(parsed.is_like("deb"));
}

TEST_CASE("comments, rubbish and an unfinished quote do no harm") {
  const auto parsed = distro::parse_os_release("# ID=comment\nrubbish\n=\nID=\"debian\nVERSION_ID=\\12\n");

  CHECK(parsed.id == "\"debian");
  CHECK(parsed.version == "12");
}

TEST_CASE("a text without an identity is linux, as os-release(5) has it") {
  CHECK(distro::parse_os_release("") == Distribution{.id = "linux"});
}

TEST_CASE("the file in etc comes before the one in usr/lib, and a root without both is linux") {
  const auto directory = *system::TempDir::create("/tmp", "kpkg-distro-test-");
  const auto root = *system::Root::open(directory.path());

  CHECK(distro::distribution_of(root)->id == "linux");
  REQUIRE(root.make_directories("/usr/lib").has_value());
  REQUIRE(root.write("/usr/lib/os-release", "ID=debian\n").has_value());
  CHECK(distro::distribution_of(root)->id == "debian");
  REQUIRE(root.make_directories("/etc").has_value());
  REQUIRE(root.write("/etc/os-release", "ID=ubuntu\n").has_value());
  CHECK(distro::distribution_of(root)->id == "ubuntu");
}
