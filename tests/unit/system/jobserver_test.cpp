// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/jobserver.hpp"

#include "system/file.hpp"
#include "system/process.hpp"
#include "system/sandbox.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>
#include <sys/ioctl.h>

#include <string>

using namespace kpkg;
using system::Command;
using system::Jobserver;

namespace {

Jobserver a_jobserver(unsigned slots) {
  auto jobserver = Jobserver::create(slots);
  REQUIRE(jobserver.has_value());
  return std::move(*jobserver);
}

/// How many slots are free, seen from outside: bytes in the pipe.
int free_slots(const Jobserver& jobserver) {
  int bytes = 0;
  REQUIRE(::ioctl(jobserver.descriptors().front(), FIONREAD, &bytes) == 0);
  return bytes;
}

/// A make of the given rules that runs under `jobserver`.
Command a_make(const Jobserver& jobserver, const system::TempDir& directory, const std::string& rules) {
  REQUIRE(system::write_file(directory.path() + "/Makefile", rules).has_value());
  Command command{.program = "make", .environment = system::system_environment()};
  command.environment.push_back("MAKEFLAGS=" + jobserver.make_flags());
  command.directory = directory.path();
  command.passed_descriptors = jobserver.descriptors();
  command.timeout = std::chrono::seconds(30);
  return command;
}

system::TempDir a_directory() {
  auto directory = system::TempDir::create("/tmp", "kpkg-jobserver-");
  REQUIRE(directory.has_value());
  return std::move(*directory);
}

/// Two jobs that each end only if the other one runs at the same time.
const std::string two_that_meet =
    "all: a b\n"
    "a:\n\t@mkfifo x y; echo > x; cat y >/dev/null; rm x y\n"
    "b:\n\t@until test -p y; do :; done; cat x >/dev/null; echo > y\n";

}  // namespace

TEST_CASE("no slots and absurdly many are refused") {
  CHECK(Jobserver::create(0).error().kind == ErrorKind::usage);
  CHECK(Jobserver::create(1000000).error().kind == ErrorKind::usage);
}

TEST_CASE("a build holds one slot and gives it back at its end") {
  auto jobserver = a_jobserver(3);
  {
    const auto slot = jobserver.acquire();

    REQUIRE(slot.has_value());
    CHECK(free_slots(jobserver) == 2);
  }
  CHECK(free_slots(jobserver) == 3);
}

TEST_CASE("make runs jobs side by side under the jobserver and has nothing to complain of") {
  auto jobserver = a_jobserver(2);
  const auto directory = a_directory();
  system::SystemRunner runner;
  const auto slot = jobserver.acquire();

  const auto outcome = runner.run(a_make(jobserver, directory, two_that_meet));

  REQUIRE(outcome.has_value());
  CHECK(outcome->succeeded());
  CHECK(outcome->errors == "");
  CHECK(free_slots(jobserver) == 1);
}

TEST_CASE("a make within a make shares the slots") {
  auto jobserver = a_jobserver(2);
  const auto directory = a_directory();
  system::SystemRunner runner;
  const auto slot = jobserver.acquire();

  const auto outcome =
      runner.run(a_make(jobserver, directory, "top:\n\t@$(MAKE) --no-print-directory all\n" + two_that_meet));

  REQUIRE(outcome.has_value());
  CHECK(outcome->succeeded());
  CHECK(outcome->errors == "");
}

TEST_CASE("the jobserver reaches make through the sandbox") {
  auto jobserver = a_jobserver(2);
  system::SystemRunner runner;
  const auto sandbox = system::Sandbox::choose(runner);
  REQUIRE(sandbox.has_value());
  const auto directory = a_directory();
  auto make = a_make(jobserver, directory, two_that_meet);
  REQUIRE(system::give_tree(directory.path(), sandbox->user().user, sandbox->user().group).has_value());
  const system::SandboxView view{.directory = directory.path()};
  make.directory = sandbox->inside(view, directory.path());
  const auto slot = jobserver.acquire();

  const auto outcome = runner.run(*sandbox->confine(make, view));

  REQUIRE(outcome.has_value());
  CHECK(outcome->succeeded());
  CHECK(outcome->errors == "");
}

TEST_CASE("slots that a killed make never gave back are there for the next build") {
  auto jobserver = a_jobserver(4);
  const auto directory = a_directory();
  system::SystemRunner runner;
  {
    const auto slot = jobserver.acquire();
    const auto outcome =
        runner.run(a_make(jobserver, directory, "all: a b c\na b:\n\t@sleep 30\nc:\n\t@kill -9 $$PPID\n"));
    CHECK(outcome->status == 128 + 9);
  }
  CHECK(free_slots(jobserver) < 4);

  const auto slot = jobserver.acquire();

  CHECK(free_slots(jobserver) == 3);
}

TEST_CASE("slots that a build invented are gone for the next build") {
  auto jobserver = a_jobserver(2);
  system::SystemRunner runner;
  {
    const auto slot = jobserver.acquire();
    Command command{.program = "sh", .environment = system::system_environment()};
    command.arguments = {"-c", "printf ++++ >&" + std::to_string(jobserver.descriptors().back())};
    command.passed_descriptors = jobserver.descriptors();
    REQUIRE(runner.run(command)->succeeded());
  }
  CHECK(free_slots(jobserver) == 6);

  const auto slot = jobserver.acquire();

  CHECK(free_slots(jobserver) == 1);
}
