// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/file.hpp"

#include "system/process.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace kpkg;

namespace {

/// How many of several threads, all at once, could not make the same directories.
int failures_to_make(const std::string& path) {
  std::atomic<int> failures = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { failures += system::make_directories(path).has_value() ? 0 : 1; });
  threads.clear();
  return failures;
}

}  // namespace

TEST_CASE("threads that make the same directories at once all succeed") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-file-test-");
  int failures = 0;

  for (int round = 0; round < 100; ++round)
    failures += failures_to_make(scratch.path() + "/" + std::to_string(round) + "/a/b");

  CHECK(failures == 0);
}

TEST_CASE("a file in the place of a directory is an error") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-file-test-");
  REQUIRE(system::write_file(scratch.path() + "/file", "").has_value());

  CHECK_FALSE(system::make_directories(scratch.path() + "/file").has_value());
  CHECK_FALSE(system::make_directories(scratch.path() + "/file/below").has_value());
}

TEST_CASE("a file larger than the limit is refused and not read to its end") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-file-test-");
  REQUIRE(system::write_file(scratch.path() + "/file", std::string(1000, 'x')).has_value());

  CHECK(system::read_file(scratch.path() + "/file", 999).error().kind == ErrorKind::corrupt);
  CHECK(system::read_file(scratch.path() + "/file", 1000)->size() == 1000);
}

TEST_CASE("a pipe in the place of a file is refused and nobody waits for a writer") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-file-test-");
  REQUIRE(::mkfifo((scratch.path() + "/pipe").c_str(), 0600) == 0);

  const auto read = system::read_file(scratch.path() + "/pipe");

  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().message.ends_with("pipe is not a regular file"));
}

TEST_CASE("a name that no file system takes is of a file that is not there") {
  const auto status = system::status_of("/tmp/" + std::string(5000, 'x'));

  REQUIRE(status.has_value());
  CHECK_FALSE(status->has_value());
}

TEST_CASE("what a program wrote into a new file is read from its start, and appears with the file") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-file-test-");
  auto file = *system::NewFile::create(scratch.path() + "/file");
  system::SystemRunner runner;
  REQUIRE(runner
              .run({.program = "printf",
                    .arguments = {"hello"},
                    .environment = system::system_environment(),
                    .output = file.descriptor()})
              .value()
              .succeeded());
  std::string read;

  REQUIRE(file.read_in_pieces([&](std::string_view piece) { read += piece; }).has_value());
  REQUIRE(file.publish().has_value());

  CHECK(read == "hello");
  CHECK(system::read_file(scratch.path() + "/file") == "hello");
}
