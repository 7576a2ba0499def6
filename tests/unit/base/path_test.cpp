// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path.hpp"

#include <doctest/doctest.h>

namespace kpkg {

TEST_CASE("a path is taken apart at its last slash") {
  CHECK(parent_of("/a/b") == "/a");
  CHECK(parent_of("/a") == "/");
  CHECK(last_of("/a/b") == "b");
  CHECK(last_of("b") == "b");
}

TEST_CASE("a directory has itself inside, what is below it, and nothing that only begins alike") {
  CHECK(is_inside("/usr", "/usr"));
  CHECK(is_inside("/usr/lib", "/usr"));
  CHECK_FALSE(is_inside("/usrlocal", "/usr"));
  CHECK_FALSE(is_inside("/us", "/usr"));
  CHECK(is_inside("/usr", "/"));
}

}  // namespace kpkg
