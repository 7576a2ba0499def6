// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/types.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace kpkg;

namespace {

std::string number(std::uint32_t value, bool is_big) {
  std::string bytes;
  for (int index = 0; index < 4; ++index)
    bytes += static_cast<char>(value >> (8 * (is_big ? 3 - index : index)));
  return bytes;
}

/// A header that announces types and names of these sizes.
std::string a_header(std::uint32_t types, std::uint32_t names, bool is_big = false) {
  auto bytes = is_big ? std::string("\xeb\x9f\x01\x00", 4) : std::string("\x9f\xeb\x01\x00", 4);
  for (const auto value : {24U, 0U, types, types, names}) bytes += number(value, is_big);
  return bytes;
}

std::string some_types(std::uint32_t types, std::uint32_t names, bool is_big = false) {
  return a_header(types, names, is_big) + std::string(types, 't') + std::string(names, 'n');
}

}  // namespace

TEST_CASE("the types in an image are found, whatever their byte order") {
  const auto little = some_types(70'000, 1000);
  const auto big = some_types(70'000, 1000, true);

  CHECK(kernel::types_in("code" + little + "more code") == little);
  CHECK(kernel::types_in("code" + big + "more code") == big);
}

TEST_CASE("types too few for a kernel, cut types and a lying header are passed over") {
  const auto whole = some_types(70'000, 1000);

  CHECK_FALSE(kernel::types_in(some_types(100, 100)).has_value());
  CHECK_FALSE(kernel::types_in(whole.substr(0, whole.size() - 1)).has_value());
  CHECK_FALSE(kernel::types_in(a_header(0xffffffff, 0xffffffff)).has_value());
  CHECK(kernel::types_in(some_types(100, 100) + whole) == whole);
}

TEST_CASE("a kernel that runs is asked for its types, another's image is unpacked") {
  test::FakeRoot world;
  world.directory("/lib/modules/6.1.0-test")
      .file("/sys/kernel/btf/vmlinux", "running")
      .file("/boot/vmlinux-6.1.0-test", "no image");
  auto kernel = test::kernel_of(world);

  CHECK_FALSE(kernel::read_types(world.root(), kernel).value().has_value());
  kernel.is_running = true;
  CHECK(kernel::read_types(world.root(), kernel).value() == "running");
}
