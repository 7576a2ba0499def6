// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_comparison.hpp"

#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::TypeDifference;
using abi::TypeTable;
using test::BtfWriter;

namespace {

/// How a world of types is made: struct device with `size` bytes, struct driver that points to it, and
/// add_driver(struct driver *).
struct World {
  std::uint32_t size = 752;
  std::string first_member = "parent";
  bool driver_has_count = false;
};

BtfWriter written(const World& world) {
  BtfWriter writer;
  writer.integer("int", 4);
  writer.structure("device", world.size,
                   {{world.first_member, 1, 0, 0}, {"last", 1, world.size * 8 - 32, 0}});
  writer.pointer(2);
  if (world.driver_has_count) {
    writer.structure("driver", 16, {{"device", 3, 0, 0}, {"count", 1, 64, 0}});
  } else {
    writer.structure("driver", 8, {{"device", 3, 0, 0}});
  }
  writer.pointer(4);
  writer.function("add_driver", {5});
  return writer;
}

TypeTable kernel_table(const BtfWriter& writer) {
  const auto bytes = writer.bytes();
  const auto btf = elf::Btf::read(bytes);
  REQUIRE(btf);
  return abi::types_of_kernel(*btf, std::vector<std::string>{"add_driver"});
}

TypeTable module_table(const BtfWriter& writer) {
  const auto bytes = writer.bytes();
  const auto btf = elf::Btf::read(bytes);
  REQUIRE(btf);
  return abi::types_of_module(*btf);
}

const std::vector<std::string> nothing_imported;
const TypeDifference device_differs{.name = "device", .module_size = 744, .kernel_size = 752};

}  // namespace

TEST_CASE("a module that has all types as the kernel has them differs in none") {
  CHECK(abi::differing_types(kernel_table(written({})), module_table(written({})), nothing_imported).empty());
}

TEST_CASE("a type that differs is found from one that is alike and points to it") {
  const auto found =
      abi::differing_types(kernel_table(written({})), module_table(written({.size = 744})), nothing_imported);

  CHECK(found == std::vector{device_differs});
}

TEST_CASE("a type of the same size whose members differ is found too") {
  const auto module = module_table(written({.first_member = "ancestor"}));

  const auto found = abi::differing_types(kernel_table(written({})), module, nothing_imported);

  CHECK(found == std::vector{TypeDifference{.name = "device", .module_size = 752, .kernel_size = 752}});
}

TEST_CASE("types that differ are found from the function that the module imports") {
  const auto module = module_table(written({.size = 744, .driver_has_count = true}));

  const auto found =
      abi::differing_types(kernel_table(written({})), module, std::vector<std::string>{"add_driver"});

  CHECK(found ==
        std::vector{device_differs, TypeDifference{.name = "driver", .module_size = 16, .kernel_size = 8}});
}

TEST_CASE("a type of the module's own under a name of the kernel's is not compared") {
  const auto module = module_table(written({.size = 744, .driver_has_count = true}));

  CHECK(abi::differing_types(kernel_table(written({})), module, nothing_imported).empty());
}

TEST_CASE("a type without one member in common is another type, though a shared one points to the name") {
  BtfWriter writer;
  writer.integer("int", 4);
  writer.structure("device", 24, {{"mine", 1, 0, 0}, {"own", 1, 64, 0}});
  writer.pointer(2);
  writer.structure("driver", 8, {{"device", 3, 0, 0}});

  CHECK(abi::differing_types(kernel_table(written({})), module_table(writer), nothing_imported).empty());
}

TEST_CASE("what the kernel only declares or does not know is not compared") {
  BtfWriter kernel;
  kernel.forward("device");
  kernel.integer("int", 4);
  kernel.pointer(1);
  kernel.structure("driver", 8, {{"device", 3, 0, 0}});

  CHECK(abi::differing_types(kernel_table(kernel), module_table(written({})), nothing_imported).empty());
}

TEST_CASE("only what a module does not share with its base is compared") {
  const auto kernel = written({});
  auto part = BtfWriter::on(kernel);
  part.structure("device", 744, {{"parent", 1, 0, 0}});
  part.pointer(8);
  part.structure("driver", 8, {{"device", 9, 0, 0}});
  const auto base_bytes = kernel.bytes();
  const auto bytes = part.bytes();
  const auto base = elf::Btf::read(base_bytes);
  REQUIRE(base);
  const auto btf = elf::Btf::read(bytes, &*base);
  REQUIRE(btf);

  const auto found = abi::differing_types(kernel_table(kernel), abi::types_of_module(*btf), nothing_imported);

  CHECK(found == std::vector{device_differs});
}

TEST_CASE("two kernels differ in the types that changed, came and went") {
  auto newer = written({.size = 760});
  newer.structure("came", 4, {});
  auto older = written({});
  older.structure("went", 12, {});

  const auto found = abi::differing_types_of_kernels(kernel_table(older), kernel_table(newer));

  CHECK(found == std::vector{TypeDifference{.name = "came", .kernel_size = 4},
                             TypeDifference{.name = "device", .module_size = 752, .kernel_size = 760},
                             TypeDifference{.name = "went", .module_size = 12}});
}

TEST_CASE("for one module only the differences of the types that it has are told") {
  BtfWriter writer;
  writer.structure("driver", 8, {});
  const auto module = module_table(writer);

  CHECK(abi::differing_types_of_kernels(kernel_table(written({})), kernel_table(written({.size = 760})),
                                        &module)
            .empty());
}
