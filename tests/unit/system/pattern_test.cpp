// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/pattern.hpp"

#include <doctest/doctest.h>

using kpkg::system::matches_pattern;

TEST_CASE("a pattern without signs stands for itself alone") {
  CHECK(matches_pattern("dahdi", "dahdi"));
  CHECK_FALSE(matches_pattern("dahdi-linux", "dahdi"));
}

TEST_CASE("patterns are those of bash with extglob") {
  CHECK(matches_pattern("6.1.0-9-amd64", "+([0-9]).*"));
  CHECK_FALSE(matches_pattern("build", "+([0-9]).*"));
  CHECK(matches_pattern("nvidia", "!(a*|b*)"));
  CHECK(matches_pattern("b1", "[!a]?"));
}

TEST_CASE("a dot at the beginning is matched only by a dot") {
  CHECK_FALSE(matches_pattern(".tmp_x86_64_aB3dE6", "*"));
  CHECK(matches_pattern(".tmp_x86_64_aB3dE6", ".tmp*"));
}
