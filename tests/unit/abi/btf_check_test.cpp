// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/btf_check.hpp"

#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::BaseSection;
using elf::BtfKind;
using test::BtfWriter;

namespace {

constexpr std::uint32_t facts_of(BtfKind kind, std::uint32_t count = 0) {
  return static_cast<std::uint32_t>(kind) << 24 | count;
}

/// 1 int, 2 struct device { int id; }
BtfWriter a_kernel() {
  BtfWriter writer;
  writer.integer("int", 4);
  writer.structure("device", 8, {{"id", 1, 0, 0}});
  return writer;
}

std::string mismatch(const BtfWriter& module, const BtfWriter& kernel = a_kernel()) {
  const auto bytes = kernel.bytes();
  const auto btf = elf::Btf::read(bytes);
  REQUIRE(btf);
  return abi::btf_mismatch({.types = module.bytes()}, *btf, elf::ElfClass::elf64, BaseSection::relocated)
      .value_or("fits");
}

/// What the kernel says of one more type.
std::string said_of(std::uint32_t name, std::uint32_t facts, std::uint32_t value,
                    const std::vector<std::uint32_t>& records = {}) {
  auto module = BtfWriter::on(a_kernel());
  module.raw(name, facts, value, records);
  const auto text = mismatch(module);
  return text.substr(text.find("): ") == std::string::npos ? 0 : text.find("): ") + 3);
}

BtfWriter a_module() {
  auto module = BtfWriter::on(a_kernel());
  module.structure("mine", 16, {{"device", 2, 0, 0}, {"count", 1, 64, 0}});
  module.pointer(3);
  module.function("probe", {4});
  return module;
}

}  // namespace

TEST_CASE("BTF of a module that was made for the kernel's fits") {
  CHECK(mismatch(a_module()) == "fits");
}

TEST_CASE("BTF of a module that was made for another kernel does not fit") {
  BtfWriter other;
  other.integer("long", 8);
  other.pointer(1);
  other.structure("some_other_name", 8, {{"first", 1, 0, 0}});

  CHECK(mismatch(a_module(), other) != "fits");
}

TEST_CASE("what refers outside kernel and module does not fit") {
  CHECK(said_of(0, facts_of(BtfKind::pointer), 99) == "BTF: type 3 refers to type 99 of 4");
  CHECK(said_of(5000, facts_of(BtfKind::structure), 4).find("at 5000") != std::string::npos);
}

TEST_CASE("each kind of type is checked for what the kernel rejects in it") {
  const auto id_name = 5U;  // in the middle of "device"
  CHECK(said_of(0, facts_of(BtfKind::type_definition), 1) == "Invalid name");
  CHECK(said_of(id_name, facts_of(BtfKind::pointer), 1) == "Invalid name");
  CHECK(said_of(0, facts_of(BtfKind::pointer, 1), 1) == "vlen != 0");
  CHECK(said_of(0, facts_of(BtfKind::integer), 4, {64}) == "nr_bits exceeds type_size");
  CHECK(said_of(0, facts_of(BtfKind::integer), 4, {7U << 24 | 32}) == "Unsupported encoding");
  CHECK(said_of(0, facts_of(BtfKind::structure, 1), 4, {0, 0, 0}) == "Invalid type_id");
  CHECK(said_of(0, facts_of(BtfKind::structure, 1), 2, {0, 1, 0}) == "Member exceeds struct_size");
  CHECK(said_of(0, facts_of(BtfKind::structure, 1), 2, {0, 1, 64}) ==
        "Member bits_offset exceeds its struct size");
  CHECK(said_of(0, facts_of(BtfKind::union_type, 1), 8, {0, 1, 32}) == "Invalid member bits_offset");
  CHECK(said_of(0, facts_of(BtfKind::structure, 2), 8, {0, 1, 32, 0, 1, 0}) == "Invalid member bits_offset");
  CHECK(said_of(0, facts_of(BtfKind::enumeration), 3) == "Unexpected size");
  CHECK(said_of(0, facts_of(BtfKind::enumeration, 1), 4, {0, 1}) == "Invalid name");
  CHECK(said_of(0, facts_of(BtfKind::array), 0, {1, 2, 4}) == "Invalid index");
  CHECK(said_of(0, facts_of(BtfKind::array), 0, {0, 1, 4}) == "Invalid elem");
  CHECK(said_of(id_name, facts_of(BtfKind::function, 1), 1) == "Invalid type_id");
  CHECK(said_of(id_name, facts_of(BtfKind::function, 3), 1) == "Invalid func linkage");
  CHECK(said_of(0, facts_of(BtfKind::prototype), 3) == "Invalid return type");
  CHECK(said_of(0, facts_of(BtfKind::prototype, 1), 0, {id_name, 3}) == "Invalid arg");
}

TEST_CASE("pointers in a circle are rejected, a pointer to void is not") {
  CHECK(said_of(0, facts_of(BtfKind::const_type), 3) == "Loop detected");
  CHECK(said_of(0, facts_of(BtfKind::pointer), 0) == "fits");
}

TEST_CASE("an older kernel's BTF is taken by its own base section if the kernel has those types") {
  const auto kernel = a_kernel();
  BtfWriter distilled;
  distilled.raw(distilled.name("device"), facts_of(BtfKind::structure), 8);
  auto module = BtfWriter::on(distilled);
  module.structure("mine", 8, {{"device", 1, 0, 0}});
  const auto bytes = kernel.bytes();
  const auto btf = elf::Btf::read(bytes);
  REQUIRE(btf);
  const auto judged = [&](const BtfWriter& base, BaseSection section) {
    return abi::btf_mismatch({.types = module.bytes(), .base = base.bytes()}, *btf, elf::ElfClass::elf64,
                             section);
  };
  BtfWriter larger;
  larger.raw(larger.name("device"), facts_of(BtfKind::structure), 12);

  CHECK_FALSE(judged(distilled, BaseSection::relocated));
  CHECK(judged(larger, BaseSection::relocated));
}

TEST_CASE("a header that asks for more than the kernel knows has an errno of its own") {
  const auto sound = std::string("\x9f\xeb\1\0\x18\0\0\0", 8) + std::string(24, '\0');
  const auto errno_with = [&](std::size_t at, char value) {
    auto bytes = sound;
    bytes[at] = value;
    return abi::btf_errno(bytes, elf::ByteOrder::little);
  };

  CHECK(errno_with(2, 9) == "ENOTSUPP");
  CHECK(errno_with(3, 1) == "ENOTSUPP");
  CHECK(errno_with(0, 1) == "EINVAL");
  CHECK(errno_with(4, 100) == "EINVAL");
  auto longer = sound;
  longer[4] = 28;
  longer[25] = 1;
  CHECK(abi::btf_errno(longer, elf::ByteOrder::little) == "E2BIG");
}
