// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/invocation.hpp"

#include "dkmsbuild/make_log.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

namespace kpkg::test {
namespace {

std::string told(const dkmsbuild::Invocation& invocation, ExitStatus status) {
  TextPrinter printer;
  CHECK(dkmsbuild::invoke(invocation, printer, [&]() -> Result<ExitStatus> { return status; }) == status);
  return printer.text;
}

}  // namespace

TEST_CASE("what takes time is told of before and after") {
  const dkmsbuild::Invocation invocation{.command = "do it", .description = "Doing it"};

  CHECK(told(invocation, 0) == "Doing it...<> done.\n");
  CHECK(told(invocation, 2) == "Doing it...<>(bad exit status: 2)\nFailed command:\ndo it\n");
}

TEST_CASE("who wants to see commands sees them, and no dots") {
  const dkmsbuild::Invocation invocation{.command = "do it", .description = "Doing it", .is_verbose = true};

  CHECK(told(invocation, 0) == "do it\n done.\n");
  CHECK(told(invocation, 2) == "do it\n(bad exit status: 2)");
}

TEST_CASE("DKMS's own tests get no dots") {
  CHECK(told({.command = "c", .description = "D", .package = "dkms_nover_test"}, 0) == "D... done.\n");
  CHECK(told({.command = "c", .description = "D", .package = "dkms_tests"}, 0) == "D...<> done.\n");
}

TEST_CASE("a log tells of a command as DKMS does") {
  CHECK(dkmsbuild::frame_before("Doing it", "do\\tit") == "\nDoing it\n# command: do\tit\n");
  CHECK(dkmsbuild::frame_after(3, std::chrono::milliseconds(3725999)) ==
        "\n# exit code: 3\n# elapsed time: 01:02:05\n"
        "----------------------------------------------------------------\n");
}

}  // namespace kpkg::test
