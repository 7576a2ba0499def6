// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/architecture.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("a machine has the name that distributions give it, and its number if it has none") {
  CHECK(elf::machine_name(62) == "x86-64");
  CHECK(elf::machine_name(183) == "arm64");
  CHECK(elf::machine_name(4660) == "machine 4660");
}
