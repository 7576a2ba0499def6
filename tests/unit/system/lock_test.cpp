// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/lock.hpp"

#include "system/file_system.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace kpkg;

TEST_CASE("a lock is held as long as somebody has it, and asking takes nothing away") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-lock-test-");
  const auto path = scratch.path() + "/lock";
  CHECK_FALSE(system::Lock::is_held(path).value());
  std::optional lock = system::Lock::acquire(path, std::chrono::milliseconds(0), {}).value();

  CHECK(system::Lock::is_held(path).value());
  CHECK(system::Lock::is_held(path).value());
  CHECK_FALSE(system::Lock::acquire(path, std::chrono::milliseconds(0), {}));
  lock.reset();
  CHECK_FALSE(system::Lock::is_held(path).value());
}

TEST_CASE("a file system has free space, and a path that is absent is on none") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-lock-test-");

  CHECK(system::file_system_of(scratch.path())->free_bytes > 0);
  CHECK_FALSE(system::file_system_of(scratch.path())->is_read_only);
  CHECK(system::file_system_of(scratch.path() + "/absent").error().kind == ErrorKind::not_found);
}
