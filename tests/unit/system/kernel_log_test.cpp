// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/kernel_log.hpp"

#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using system::KernelLog;

namespace {

/// A log with these records; what a file gives is what the device gives, but for the blocks.
struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-log.");
  std::string path = directory.path() + "/kmsg";

  void write(const std::string& records) const { REQUIRE(system::write_file(path, records)); }
};

}  // namespace

TEST_CASE("the messages of the log are told without numbers and without what describes a device") {
  const World world;
  world.write(
      "6,1,100,-;first\n4,2,200,-;second; with more\n SUBSYSTEM=usb\n DEVICE=+usb:1-1\n6,3,300,-;third\n");

  const auto log = KernelLog::open(KernelLog::From::oldest, world.path);

  REQUIRE(log);
  CHECK(log->read().value() == std::vector<std::string>{"first", "second; with more", "third"});
}

TEST_CASE("a log that is read from now on has only what comes later") {
  const World world;
  world.write("6,1,100,-;first\n");

  const auto log = KernelLog::open(KernelLog::From::now, world.path);

  REQUIRE(log);
  CHECK(log->read().value().empty());
}

TEST_CASE("a log that is not there says how to hand over its lines") {
  const auto log = KernelLog::open(KernelLog::From::oldest, "/nonexistent/kmsg");

  REQUIRE_FALSE(log);
  CHECK(log.error().kind == ErrorKind::not_found);
  CHECK(log.error().hint == "run it as root, or give kpkg the lines: sudo dmesg | kpkg explain -");
}
