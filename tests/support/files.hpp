// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/path.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace kpkg::test {

// Files of a test's own, with the directories that they need.

inline void put_file(const std::string& path, std::string_view bytes) {
  REQUIRE(system::make_directories(parent_of(path)).has_value());
  REQUIRE(system::write_file(path, bytes).has_value());
}

inline void put_link(const std::string& target, const std::string& path) {
  REQUIRE(system::make_directories(parent_of(path)).has_value());
  REQUIRE(system::make_link(target, path).has_value());
}

}  // namespace kpkg::test
