// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_probe.hpp"

#include "support/btf_writer.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using tree::PointResult;
using Names = std::vector<std::string>;

namespace {

/// BTF with struct module and struct device of `size` bytes, to which it points.
std::string some_types(std::uint32_t size) {
  test::BtfWriter writer;
  writer.integer("int", 4);
  writer.structure("device", size, {{"parent", 1, 0, 0}, {"last", 1, size * 8 - 32, 0}});
  writer.pointer(2);
  writer.structure("module", 8, {{"device", 3, 0, 0}});
  return writer.bytes();
}

abi::KernelFacts a_kernel_with_types() {
  auto facts = test::a_kernel().facts();
  REQUIRE(abi::add_types(facts.btf, some_types(752), {}).has_value());
  return facts;
}

abi::Fingerprint a_probe(std::uint32_t size) {
  auto probe = test::a_module().fingerprint();
  probe.types = *abi::described_types(some_types(size));
  return probe;
}

}  // namespace

TEST_CASE("a probe with the kernel's struct module and vermagic is equal") {
  const auto kernel = test::a_kernel().facts();
  const auto probe = test::a_module().fingerprint();

  CHECK(tree::compared_layout(kernel, probe).result == PointResult::equal);
  CHECK(tree::compared_layout(kernel, probe).compared == 3);
  CHECK(tree::compared_vermagic(kernel, probe).result == PointResult::equal);
}

TEST_CASE("a place of exit that moved differs though the size is equal") {
  const auto probe = test::a_module().with_layout(896, 0x138, 0x348).fingerprint();

  const auto point = tree::compared_layout(test::a_kernel().facts(), probe);

  CHECK(point.result == PointResult::differs);
  CHECK(point.differing == Names{"place of exit: 0x348 instead of 0x350"});
}

TEST_CASE("another vermagic differs and says in what") {
  const auto probe = test::a_module().with_vermagic("6.1.0-test SMP mod_unload modversions ").fingerprint();

  const auto point = tree::compared_vermagic(test::a_kernel().facts(), probe);

  CHECK(point.result == PointResult::differs);
  CHECK(point.differing.at(0).find("preempt") != std::string::npos);
}

TEST_CASE("types that are the kernel's are counted") {
  const auto point = tree::compared_types(a_kernel_with_types(), a_probe(752));

  CHECK(point.result == PointResult::equal);
  CHECK(point.compared == 2);
}

TEST_CASE("a struct of another size is named with both") {
  const auto point = tree::compared_types(a_kernel_with_types(), a_probe(744));

  CHECK(point.result == PointResult::differs);
  CHECK(point.differing == Names{"struct device: 744 bytes instead of 752 bytes"});
  CHECK(point.equal == 1);
}

TEST_CASE("without BTF or without pahole types are unknown") {
  CHECK(tree::compared_types(test::a_kernel().facts(), a_probe(752)).result == PointResult::unknown);
  CHECK(tree::compared_types(a_kernel_with_types(), test::a_module().fingerprint()).result ==
        PointResult::unknown);
}
