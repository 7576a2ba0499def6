// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/evidence.hpp"

#include "support/btf_writer.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

namespace {

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what could not be compared is told with its reason") {
  const auto kernel = a_kernel().without_modversions().facts();
  const auto text = abi::evidence(a_module().fingerprint(), kernel);

  CHECK(says(text, "types were not compared, as the kernel's BTF is not known"));
  CHECK(says(text, "the kernel has no symbol versions to compare"));
  CHECK(says(text, "the layout of struct module was compared"));
}

TEST_CASE("what was compared is counted") {
  BtfWriter types;
  types.structure("device", 8, {});
  auto kernel = a_kernel().facts();
  REQUIRE(abi::add_types(kernel.btf, types.bytes(), {}));
  types.structure("mine", 8, {});
  auto module = a_module().needing("usb_submit_urb", 0x11).fingerprint();
  const auto without = abi::evidence(module, kernel);
  module.types = abi::described_types(types.bytes()).value();

  const auto with = abi::evidence(module, kernel);

  CHECK(says(without, "neither debug information that pahole could read nor BTF"));
  CHECK(says(with, "1 of the module's 2 types have names that the kernel's have"));
  CHECK(says(with, "1 of 1 imported symbols have versions"));
}

TEST_CASE("a module's own BTF is not compared where the kernel's is not at hand, and that is said") {
  BtfWriter types;
  types.structure("device", 8, {});
  auto kernel = a_kernel().facts();
  REQUIRE(abi::add_types(kernel.btf, types.bytes(), {}));
  kernel.btf.table = std::make_shared<const abi::TypeTable>();
  const auto module = a_module().with_section(".BTF", BtfWriter::on(types).bytes()).fingerprint();

  CHECK(says(abi::evidence(module, kernel), "only those of its own BTF were compared"));
  kernel.btf.bytes = {};
  CHECK(says(abi::evidence(module, kernel), "the kernel's BTF is not at hand"));
}
