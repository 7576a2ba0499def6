// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings/pattern.hpp"

#include <doctest/doctest.h>

using namespace kpkg::settings;

TEST_CASE("a pattern fits what its stars and question marks can stand for") {
  CHECK(fits_pattern("6.6.31-current-sunxi64", "6.6.31-current-*"));
  CHECK(fits_pattern("6.6.31-current-sunxi64", "*-current-*64"));
  CHECK(fits_pattern("6.6.31", "6.6.3?"));
  CHECK(fits_pattern("6.6.31", "6.6.31*"));
  CHECK(fits_pattern("aab", "*ab"));
  CHECK(fits_pattern("", "**"));
}

TEST_CASE("a pattern does not fit a part of a text") {
  CHECK_FALSE(fits_pattern("6.6.31-current", "6.6.31"));
  CHECK_FALSE(fits_pattern("6.6.31", "6.6.31-*"));
  CHECK_FALSE(fits_pattern("6.6.3", "6.6.3?"));
  CHECK_FALSE(fits_pattern("x6.6.31", "6.6.*"));
  CHECK_FALSE(fits_pattern("", "?"));
}
