// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("the first and the last kind of an error are found by their names, and other names by none") {
  CHECK(error_kind_of("usage") == ErrorKind::usage);
  CHECK(error_kind_of("unsupported") == ErrorKind::unsupported);
  CHECK(error_kind_of(name_of(ErrorKind::no_space)) == ErrorKind::no_space);
  CHECK(error_kind_of("unknown") == std::nullopt);
  CHECK(error_kind_of("") == std::nullopt);
}
