// SPDX-License-Identifier: GPL-2.0-or-later
// BTF as a kernel's and as what a module adds to one; its table must survive being written and read again.
#include "abi/btf_check.hpp"
#include "abi/module_types.hpp"
#include "abi/type_comparison.hpp"
#include "base/assert.hpp"
#include "fuzz/target.hpp"
#include "support/btf_writer.hpp"

namespace kpkg::fuzz {
namespace {

test::BtfWriter a_kernel(std::uint32_t size) {
  test::BtfWriter writer;
  writer.integer("int", 4);
  writer.structure("device", size, {{"parent", 3, 0, 0}, {"id", 1, 64, 3}, {"", 5, 96, 0}});
  writer.pointer(2);
  writer.enumeration("state", {{"ON", 1}, {"OFF", 2}});
  writer.union_of("", 4, {{"a", 1, 0, 0}, {"b", 4, 0, 0}});
  writer.array(2, 3);
  writer.modifier(elf::BtfKind::type_definition, "device_t", 2);
  writer.forward("device");
  writer.function("add_device", {3, 6});
  return writer;
}

void check_table(const abi::TypeTable& table) {
  const auto again = abi::parse_types(abi::text_of(table));
  KPKG_ASSERT(again && *again == table);
}

}  // namespace

std::vector<std::string> seeds() {
  const auto kernel = a_kernel(24);
  auto module = test::BtfWriter::on(kernel);
  module.structure("device", 16, {{"parent", 3, 0, 0}});
  return {kernel.bytes(), a_kernel(32).in(elf::ByteOrder::little).bytes(), module.bytes()};
}

void read(std::string_view bytes) {
  const auto base_bytes = a_kernel(24).bytes();
  const auto base = elf::Btf::read(base_bytes);
  KPKG_ASSERT(base);
  const auto kernel = abi::types_of_kernel(*base, std::vector<std::string>{"add_device"});
  for (const auto* const below : {static_cast<const elf::Btf*>(nullptr), &*base}) {
    const auto btf = elf::Btf::read(bytes, below);
    if (!btf) continue;
    drop(Result<bool>(abi::btf_defect(*btf, elf::ElfClass::elf64).has_value()), "any answer is right");
    const auto module = abi::types_of_module(*btf);
    check_table(module);
    check_table(abi::types_of_kernel(*btf, std::vector<std::string>{"add_device"}));
    KPKG_ASSERT(abi::differing_types(kernel, kernel, {}).empty());
    KPKG_ASSERT(abi::differing_types(kernel, module, {}).size() <= module.types.size());
  }
}

}  // namespace kpkg::fuzz
