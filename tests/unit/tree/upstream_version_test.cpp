// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/upstream_version.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

constexpr std::string_view configuration =
    "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.1.192 Kernel Configuration\n#\n"
    "CONFIG_X86_64=y\n";
constexpr std::string_view banner =
    "6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU "
    "Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-02)";

}  // namespace

TEST_CASE("the version of the sources stands in the first lines of the configuration") {
  CHECK(tree::version_in_configuration(configuration) == "6.1.192");
  CHECK(tree::version_in_configuration("# Linux/arm64 6.13.0-rc3 Kernel Configuration\n") == "6.13.0-rc3");
}

TEST_CASE("a configuration without the line of its version tells none") {
  CHECK(tree::version_in_configuration("CONFIG_X86_64=y\n") == std::nullopt);
  CHECK(tree::version_in_configuration("") == std::nullopt);
  CHECK(tree::version_in_configuration("# Linux/x86 Kernel Configuration") == std::nullopt);
}

TEST_CASE("Debian's banner tells the version behind the number of the build, not the compiler's") {
  CHECK(tree::version_in_banner(banner) == "6.1.192");
}

TEST_CASE("Debian's banner tells the version of the package, with what is the packager's") {
  CHECK(tree::package_version_in_banner(banner) == "6.1.192-2");
}

TEST_CASE("the epoch of a package is no part of the version of the sources") {
  constexpr std::string_view of_raspberry =
      "6.6.51+rpt-rpi-v8 (serge@raspberrypi.com) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP PREEMPT Debian "
      "1:6.6.51-1+rpt3 (2024-10-08)";

  CHECK(tree::package_version_in_banner(of_raspberry) == "1:6.6.51-1+rpt3");
  CHECK(tree::version_in_banner(of_raspberry) == "6.6.51");
}

TEST_CASE("a word behind Debian that is no version is none, of a package neither") {
  constexpr std::string_view other = "6.1.0 (gcc) #1 SMP Debian GNU/Linux Fri May 17 10:02:40 UTC 2024";

  CHECK(tree::package_version_in_banner(other) == std::nullopt);
  CHECK(tree::version_in_banner(other) == std::nullopt);
}

TEST_CASE("a banner that only has uname -r tells no version") {
  CHECK(
      tree::version_in_banner("6.6.31-current-sunxi64 (build@armbian) (gcc (Debian 12.2.0-14) 12.2.0) #1 SMP "
                              "PREEMPT Fri May 17 10:02:40 UTC 2024") == std::nullopt);
  CHECK(tree::version_in_banner("6.1.0-56-amd64") == std::nullopt);
}

TEST_CASE("the configuration is believed before the banner") {
  CHECK(tree::upstream_version(configuration, "/boot/config", "1 #1 Debian 6.1.191-1").value() ==
        tree::UpstreamVersion{"6.1.192", "/boot/config"});
  CHECK(tree::upstream_version("", "/boot/config", banner).value() ==
        tree::UpstreamVersion{"6.1.192", "the kernel's banner"});
}

TEST_CASE("a kernel of which nobody tells the version is refused") {
  const auto version = tree::upstream_version("", "/boot/config", "6.1.0-56-amd64");

  CHECK(version.error().kind == ErrorKind::not_found);
  CHECK(version.error().message.find("/boot/config") != std::string::npos);
}

TEST_CASE("the version of a source is that of its Makefile") {
  CHECK(tree::version_in_makefile("# SPDX\nVERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n"
                                  "NAME = Curry Ramen\n") == "6.1.192");
  CHECK(tree::version_in_makefile("VERSION = 6\nPATCHLEVEL = 13\nSUBLEVEL = 0\nEXTRAVERSION = -rc3\n") ==
        "6.13.0-rc3");
}

TEST_CASE("a Makefile of something else has no version of a kernel") {
  CHECK(tree::version_in_makefile("VERSION = $(shell date)\nPATCHLEVEL = 1\nSUBLEVEL = 1\n") == std::nullopt);
  CHECK(tree::version_in_makefile("all:\n") == std::nullopt);
}

TEST_CASE("a source of another point release is refused, and both versions are named") {
  const auto status = tree::check_source_version({"6.1.192", "/boot/config"}, "6.1.191", "/usr/src/linux");

  CHECK(status.error().kind == ErrorKind::incompatible);
  CHECK(status.error().message ==
        "the kernel was built of Linux 6.1.192 (/boot/config says so), but /usr/src/linux is Linux 6.1.191");
}

TEST_CASE("a source of the same version is taken") {
  CHECK(tree::check_source_version({"6.1.192", "/boot/config"}, "6.1.192", "/usr/src/linux").has_value());
}

TEST_CASE("a directory without a Makefile is no kernel source") {
  CHECK(tree::source_version("/dev").error().kind == ErrorKind::invalid);
}
