// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/types.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("a kernel that runs is asked for its types, another's image is unpacked") {
  test::FakeRoot world;
  world.directory("/lib/modules/6.1.0-test")
      .file("/sys/kernel/btf/vmlinux", "running")
      .file("/boot/vmlinux-6.1.0-test", "no image");
  auto kernel = test::kernel_of(world);

  CHECK_FALSE(kernel::read_types(world.root(), kernel, elf::ByteOrder::little).value().has_value());
  kernel.is_running = true;
  CHECK(kernel::read_types(world.root(), kernel, elf::ByteOrder::little).value() == "running");
}
