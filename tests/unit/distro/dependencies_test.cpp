// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/dependencies.hpp"

#include "support/fake_runner.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using distro::Dependency;

TEST_CASE("dependencies are read with their relation and version, of alternatives the first") {
  const auto read = distro::parse_dependencies(
      "linux-headers-6.1.0-56-common (= 6.1.192-2), linux-kbuild-6.1:any (>=6.1.192-2) | other,\n gcc-12");

  CHECK(read == std::vector<Dependency>{{"linux-headers-6.1.0-56-common", "=", "6.1.192-2"},
                                        {"linux-kbuild-6.1", ">=", "6.1.192-2"},
                                        {"gcc-12"}});
}

TEST_CASE("text that is no dependency is passed over") {
  CHECK(distro::parse_dependencies("").empty());
  CHECK(distro::parse_dependencies(", --admindir=/x, (= 1), UPPER").empty());
  CHECK(distro::parse_dependencies("gcc-12 (>= ") == std::vector<Dependency>{{"gcc-12"}});
}

TEST_CASE("a file that dpkg-deb cannot read is an error that names it") {
  support::FakeRunner runner;
  runner.on("--field /tmp/x.deb", {.status = 2, .errors = "dpkg-deb: error: not a Debian format archive\n"});

  const auto failure = distro::dependencies_of(runner, "/tmp/x.deb").error();

  CHECK(failure.kind == ErrorKind::io);
  CHECK(failure.text() ==
        "reading /tmp/x.deb: dpkg-deb failed with status 2: dpkg-deb: error: not a Debian format archive");
}
