// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/temp_dir.hpp"

#include "system/file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using system::TempDir;

namespace {

bool is_there(const std::string& path) {
  return system::status_of(path)->has_value();
}

}  // namespace

TEST_CASE("a directory that nobody uses any more is removed with what is in it, and one in use stays") {
  const auto scratch = *TempDir::create("/tmp", "kpkg-temp-dir-test-");
  const auto used = *TempDir::create(scratch.path(), ".kpkg-tree-");
  const auto abandoned = scratch.path() + "/.kpkg-tree-killed";
  REQUIRE(system::make_directories(abandoned + "/tree").has_value());

  CHECK(system::remove_abandoned(scratch.path(), ".kpkg-tree-").has_value());

  CHECK(is_there(used.path()));
  CHECK_FALSE(is_there(abandoned));
}

TEST_CASE("what has another name, or is no directory, is not taken for abandoned") {
  const auto scratch = *TempDir::create("/tmp", "kpkg-temp-dir-test-");
  REQUIRE(system::make_directories(scratch.path() + "/mine").has_value());
  REQUIRE(system::make_directories(scratch.path() + "/elsewhere").has_value());
  REQUIRE(system::make_link("elsewhere", scratch.path() + "/.kpkg-tree-link").has_value());

  CHECK(system::remove_abandoned(scratch.path(), ".kpkg-tree-").has_value());
  CHECK(system::remove_abandoned(scratch.path() + "/absent", ".kpkg-tree-").has_value());

  CHECK(system::list_directory(scratch.path())->value().size() == 3);
}

TEST_CASE("a directory that is kept is nobody's") {
  const auto scratch = *TempDir::create("/tmp", "kpkg-temp-dir-test-");
  const auto kept = TempDir::create(scratch.path(), ".kpkg-tree-")->keep();

  CHECK(is_there(kept));
  CHECK(system::remove_abandoned(scratch.path(), ".kpkg-tree-").has_value());
  CHECK_FALSE(is_there(kept));
}
