// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/relocation.hpp"

#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("paths of what was unpacked are led to its place, all others stay") {
  const std::vector<std::string> unpacked = {"/usr/src/headers-6.1", "/usr/src/headers-6.1-common"};
  const auto moved = [&](std::string_view text) { return tree::relocated(text, unpacked, "/x"); };

  CHECK(moved("include /usr/src/headers-6.1-common/Makefile\n") ==
        "include /x/usr/src/headers-6.1-common/Makefile\n");
  CHECK(moved("KBUILD_OUTPUT=/usr/src/headers-6.1") == "KBUILD_OUTPUT=/x/usr/src/headers-6.1");
  CHECK(moved("a:=\"/usr/src/headers-6.1/a:/usr/src/headers-6.1/b\"") ==
        "a:=\"/x/usr/src/headers-6.1/a:/x/usr/src/headers-6.1/b\"");
  CHECK(moved("/usr/src/headers-6.1.2/x /usr/src/headers /bin/sh $(D)/usr/src/headers-6.1") ==
        "/usr/src/headers-6.1.2/x /usr/src/headers /bin/sh $(D)/usr/src/headers-6.1");
}

TEST_CASE("the Makefiles at the top of unpacked trees are changed, and nothing below") {
  const auto directory = system::TempDir::create("/tmp", "kpkg-tree-test-").value();
  const auto top = directory.path() + "/usr/src/headers-6.1";
  REQUIRE(system::make_directories(top + "-common").has_value());
  REQUIRE(system::make_directories(top + "/scripts").has_value());
  REQUIRE(system::write_file(top + "/Makefile", "include /usr/src/headers-6.1-common/Makefile\n"));
  REQUIRE(system::write_file(top + "/.kernelvariables", "D = /usr/src/headers-6.1\n"));
  REQUIRE(system::write_file(top + "/scripts/Makefile", "D = /usr/src/headers-6.1\n"));

  REQUIRE(tree::relocate_packages(directory.path(), "/x").has_value());

  CHECK(system::read_file(top + "/Makefile").value() == "include /x/usr/src/headers-6.1-common/Makefile\n");
  CHECK(system::read_file(top + "/.kernelvariables").value() == "D = /x/usr/src/headers-6.1\n");
  CHECK(system::read_file(top + "/scripts/Makefile").value() == "D = /usr/src/headers-6.1\n");
}
