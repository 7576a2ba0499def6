// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/depmod_order.hpp"

#include "unit/install/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg::install;
using world::a_world;
using world::World;

namespace {

DepmodOrder order_of(const World& world) {
  return depmod_order(world.root, "6.1", {"my_tty"}).value();
}

}  // namespace

TEST_CASE("without a word of depmod.d, updates come before the kernel's own modules") {
  const auto order = order_of(a_world());

  CHECK(prefers(order, "updates/kpkg", "kernel/drivers/tty"));
  CHECK_FALSE(prefers(order, "kernel/drivers/tty", "updates/kpkg"));
  CHECK_FALSE(prefers(order, "updates/other", "updates/kpkg"));
  CHECK_FALSE(prefers(order, "updates-of-another", "kernel/drivers/tty"));
}

TEST_CASE("the search list of depmod.d decides, and a file hides its twin in a later directory") {
  const auto world = a_world();
  world.write("/etc/depmod.d/order.conf", "search extra built-in updates\n");
  world.write("/usr/lib/depmod.d/order.conf", "search updates\n");

  const auto order = order_of(world);

  CHECK(prefers(order, "extra", "updates/kpkg"));
  CHECK(prefers(order, "kernel/drivers/tty", "updates/kpkg"));
}

TEST_CASE("an override for this module and this kernel comes before every search list") {
  const auto world = a_world();
  world.write("/etc/depmod.d/local.conf",
              "override my-tty 6.1 weak-updates\noverride my-tty 6.12 extra\noverride other * extra\n");

  const auto order = order_of(world);

  CHECK(prefers(order, "weak-updates", "updates/kpkg"));
  CHECK_FALSE(prefers(order, "extra", "updates/kpkg"));
}
