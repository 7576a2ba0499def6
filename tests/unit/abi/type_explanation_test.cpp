// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_explanation.hpp"

#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::TypeDifference;
using test::BtfWriter;

namespace {

std::string explained(const BtfWriter& module, const BtfWriter& kernel, TypeDifference difference) {
  const auto module_bytes = module.bytes();
  const auto kernel_bytes = kernel.bytes();
  const auto module_btf = elf::Btf::read(module_bytes);
  const auto kernel_btf = elf::Btf::read(kernel_bytes);
  REQUIRE(module_btf);
  REQUIRE(kernel_btf);
  return abi::explain_difference(difference, *module_btf, *kernel_btf);
}

BtfWriter a_device(const std::vector<test::MemberToWrite>& members) {
  BtfWriter writer;
  writer.integer("int", 4);
  writer.integer("short", 2);
  writer.structure("device", 16, members);
  return writer;
}

std::string explained(const std::vector<test::MemberToWrite>& module,
                      const std::vector<test::MemberToWrite>& kernel) {
  return explained(a_device(module), a_device(kernel),
                   {.name = "device", .module_size = 16, .kernel_size = 16});
}

}  // namespace

TEST_CASE("members that are missing and members that are too many are named, the first of them") {
  CHECK(explained({{"a", 1, 0, 0}}, {{"a", 1, 0, 0}, {"b", 1, 32, 0}}) == "b is missing");
  CHECK(explained({{"a", 1, 0, 0}, {"c", 1, 32, 0}}, {{"a", 1, 0, 0}, {"b", 1, 32, 0}}) ==
        "b is missing; c is there in addition");
  CHECK(explained({}, {{"a", 1, 0, 0}, {"b", 1, 0, 0}, {"c", 1, 0, 0}, {"d", 1, 0, 0}, {"e", 1, 0, 0}}) ==
        "a, b, c and 2 more are missing");
}

TEST_CASE("a member that lies elsewhere or has another type is named if none is missing") {
  CHECK(explained({{"a", 1, 32, 0}}, {{"a", 1, 0, 0}}) == "a is at byte 4 instead of byte 0");
  CHECK(explained({{"a", 1, 3, 1}}, {{"a", 1, 0, 1}}) == "a is at bit 3 instead of byte 0");
  CHECK(explained({{"a", 2, 0, 0}}, {{"a", 1, 0, 0}}) == "a has another type or size");
}

TEST_CASE("values of an enumeration that differ are named") {
  BtfWriter module;
  module.enumeration("zone", {{"DMA", 0}, {"NORMAL", 1}});
  BtfWriter kernel;
  kernel.enumeration("zone", {{"DMA", 0}, {"NORMAL", 2}});

  CHECK(explained(module, kernel,
                  {.name = "zone", .kind = abi::TypeKind::enumeration, .module_size = 4, .kernel_size = 4}) ==
        "NORMAL is 1 instead of 2");
}

TEST_CASE("a type that one side does not have cannot be explained") {
  CHECK(
      explained(BtfWriter(), a_device({}), {.name = "device", .module_size = 16, .kernel_size = 16}).empty());
}
