// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"
#include "abi/judge.hpp"
#include "abi/kernel_facts_json.hpp"
#include "base/json.hpp"

#include "support/btf_writer.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::Decision;
using abi::FindingId;
using test::BtfWriter;

namespace {

/// struct device of `size` bytes with a parent and, if it is as large as the kernel's, dma_iommu, and
/// add_device(struct device *).
BtfWriter types_with_device(std::uint32_t size) {
  BtfWriter writer;
  writer.integer("int", 4);
  std::vector<test::MemberToWrite> members{{"parent", 1, 0, 0}, {"id", 1, 32, 0}};
  if (size >= 752) members.push_back({"dma_iommu", 1, 64, 1});
  writer.structure("device", size, members);
  writer.pointer(2);
  writer.function("add_device", {3});
  return writer;
}

abi::KernelFacts a_kernel_with(const BtfWriter& types, std::optional<bool> allows_mismatch) {
  auto facts = test::a_kernel().exporting("add_device", 0x11).facts();
  REQUIRE(abi::add_types(facts.btf, types.bytes(), std::vector<std::string>{"add_device"}));
  facts.btf.checks_modules = true;
  facts.btf.allows_mismatch = allows_mismatch;
  return facts;
}

abi::Fingerprint a_module_described_by(const BtfWriter& types) {
  auto module = test::a_module().needing("add_device", 0x11).fingerprint();
  module.types = abi::described_types(types.bytes()).value();
  return module;
}

abi::Fingerprint a_module_with_btf(const std::string& btf) {
  return test::a_module().needing("add_device", 0x11).with_section(".BTF", btf).fingerprint();
}

BtfWriter own_types(const BtfWriter& base) {
  auto writer = BtfWriter::on(base);
  writer.structure("mine", 8, {{"number", 1, 0, 0}});
  return writer;
}

std::vector<FindingId> ids(const abi::Fingerprint& module, const abi::KernelFacts& kernel) {
  return test::ids_of(abi::judge(module, kernel, {}));
}

}  // namespace

TEST_CASE("a module that was built with another struct device is broken, though every CRC agrees") {
  const auto verdict = abi::judge(a_module_described_by(types_with_device(744)),
                                  a_kernel_with(types_with_device(752), true), {});

  CHECK(verdict.decision == Decision::broken);
  REQUIRE(verdict.findings.size() == 1);
  const auto& finding = verdict.findings[0];
  CHECK(finding.id == FindingId::struct_layout_differs);
  CHECK(finding.symbol == "struct device");
  CHECK(finding.module_value == "744 bytes");
  CHECK(finding.kernel_value == "752 bytes");
  CHECK(finding.cause.find("than the kernel's: dma_iommu is missing;") != std::string::npos);
}

TEST_CASE("a module that was built with the kernel's types loads without a finding") {
  CHECK(ids(a_module_described_by(types_with_device(752)), a_kernel_with(types_with_device(752), true))
            .empty());
}

TEST_CASE("remembered types of a module and of a kernel are compared as fresh ones are") {
  const auto kernel = a_kernel_with(types_with_device(752), false);
  const auto module = a_module_described_by(types_with_device(744));

  const auto remembered_kernel = abi::kernel_facts_from_json(abi::to_json(kernel)).value();
  const auto remembered_module = abi::fingerprint_from_json(abi::to_json(module)).value();

  CHECK(remembered_kernel == kernel);
  CHECK(remembered_module == module);
  CHECK_FALSE(remembered_kernel.btf.bytes);
  CHECK(ids(remembered_module, remembered_kernel) == std::vector{FindingId::struct_layout_differs});
}

TEST_CASE("only so many types are told, and how many more there are") {
  auto kernel = types_with_device(752);
  auto module = types_with_device(752);
  for (const std::string name : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) {
    const auto in_kernel = kernel.structure(name, 8, {{"x", 1, 0, 0}});
    const auto in_module = module.structure(name, 16, {{"x", 1, 0, 0}});
    kernel.structure("user_of_" + name, 16, {{"p", kernel.pointer(in_kernel), 0, 0}});
    module.structure("user_of_" + name, 16, {{"p", module.pointer(in_module), 0, 0}});
  }

  const auto verdict = abi::judge(a_module_described_by(module), a_kernel_with(kernel, true), {});

  REQUIRE(verdict.findings.size() == 8);
  CHECK(verdict.findings[7].cause.find("(and 2 more types differ)") != std::string::npos);
}

TEST_CASE("BTF of another kernel is refused where a mismatch is not allowed, and only noted where it is") {
  const auto kernel_types = types_with_device(752);
  BtfWriter another;
  another.structure(std::string(200, 'x'), 8, {});
  const auto foreign = a_module_with_btf(own_types(another).bytes());

  const auto refused = abi::judge(foreign, a_kernel_with(kernel_types, false), {});
  const auto loaded = abi::judge(foreign, a_kernel_with(kernel_types, true), {});

  CHECK(refused.decision == Decision::refused);
  REQUIRE(refused.findings.size() == 1);
  CHECK(refused.findings[0].id == FindingId::btf_invalid);
  CHECK(refused.findings[0].errno_name == "EINVAL");
  CHECK(refused.findings[0].kernel_says == "failed to validate module [sample] BTF: -22");
  CHECK(loaded.decision == Decision::loads);
  CHECK(test::ids_of(loaded) == std::vector{FindingId::btf_invalid});
}

TEST_CASE("BTF of this kernel is no finding, and a kernel that does not look at it says nothing") {
  const auto kernel_types = types_with_device(752);
  auto blind = a_kernel_with(kernel_types, false);
  blind.btf.checks_modules = false;

  CHECK(ids(a_module_with_btf(own_types(kernel_types).bytes()), a_kernel_with(kernel_types, false)).empty());
  CHECK(ids(a_module_with_btf("garbage"), blind).empty());
}

TEST_CASE("BTF that could not be checked is said, unless the kernel loads the module in any case") {
  auto strict = a_kernel_with(types_with_device(752), false);
  strict.btf.bytes = {};
  auto lenient = strict;
  lenient.btf.allows_mismatch = true;
  const auto module = a_module_with_btf(own_types(types_with_device(752)).bytes());

  CHECK(ids(module, strict) == std::vector{FindingId::btf_unchecked});
  CHECK(ids(module, lenient).empty());
}

TEST_CASE("the types of a module's own BTF are compared too") {
  const auto kernel_types = types_with_device(752);
  auto own = BtfWriter::on(kernel_types);
  own.structure("device", 744, {{"parent", 1, 0, 0}, {"id", 1, 32, 0}});

  const auto verdict = abi::judge(a_module_with_btf(own.bytes()), a_kernel_with(kernel_types, false), {});

  REQUIRE(verdict.findings.size() == 1);
  CHECK(verdict.findings[0].id == FindingId::struct_layout_differs);
  CHECK(verdict.findings[0].cause.find("dma_iommu is missing") != std::string::npos);
}

TEST_CASE("the configuration says whether a kernel looks at BTF and what it forgives") {
  abi::KernelBtf btf;
  abi::add_configuration(btf,
                         [](std::string_view option) { return option == "CONFIG_DEBUG_INFO_BTF_MODULES"; });

  CHECK(btf.checks_modules == true);
  CHECK(btf.allows_mismatch == false);
}
