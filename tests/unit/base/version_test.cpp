// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/version.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("numbers in versions are compared by value") {
  CHECK(compare_versions("6.1.9", "6.1.10") < 0);
  CHECK(compare_versions("6.12", "6.2") > 0);
  CHECK(compare_versions("6.01", "6.1") == 0);
}

TEST_CASE("a tilde sorts before the end of the version") {
  CHECK(compare_versions("1.0~rc1", "1.0") < 0);
  CHECK(compare_versions("1.0", "1.0a") < 0);
}

TEST_CASE("a bound is compared only as deep as it is written") {
  const auto range = VersionRange::parse("=6.1");

  REQUIRE(range.has_value());
  CHECK(range->admits("6.1.0-56-amd64"));
  CHECK_FALSE(range->admits("6.10.1"));
}

TEST_CASE("all bounds of a range must hold") {
  const auto range = VersionRange::parse(">= 6.4 <6.12");

  REQUIRE(range.has_value());
  CHECK(range->admits("6.4.0-rt"));
  CHECK_FALSE(range->admits("6.12.3"));
  CHECK_FALSE(range->admits("6.1.0"));
}

TEST_CASE("a range without a number is refused and says what to write") {
  const auto range = VersionRange::parse(">= six");

  REQUIRE_FALSE(range.has_value());
  CHECK(range.error().kind == ErrorKind::invalid);
  CHECK_FALSE(range.error().hint.empty());
}
