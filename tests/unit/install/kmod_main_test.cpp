// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/kmod.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::install;

// The real kpkg-kmod with the real libkmod, as far as that goes without a kernel that takes modules:
// tests/vm/loading_test.py has the rest.

TEST_CASE("libkmod is asked, and a name that it does not find is told without an errno of the kernel") {
  system::SystemRunner runner;

  const auto answer = insert_module("kpkg-no-such-module", runner).value();

  CHECK_FALSE(answer.is_done);
  CHECK(answer.steps.empty());
  CHECK(answer.errno_name.empty());
  CHECK_FALSE(answer.detail.empty());
}

TEST_CASE("a module that is not loaded is not removed, and the kernel's errno is told") {
  system::SystemRunner runner;

  const auto answer = remove_module("kpkg_no_such_module", runner).value();

  CHECK_FALSE(answer.is_done);
  CHECK_FALSE(answer.errno_name.empty());
  CHECK(answer.detail.starts_with("could not remove 'kpkg_no_such_module': "));
}

TEST_CASE("the program kpkg-kmod takes a verb and one name, and nothing else") {
  system::SystemRunner runner;
  system::Command command;
  command.program = "kpkg-kmod";
  command.environment = system::system_environment();
  command.arguments = {"force", "kpkg_no_such_module"};

  CHECK(runner.run(command).value().status == 64);
}
