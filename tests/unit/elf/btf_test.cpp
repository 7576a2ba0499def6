// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/btf.hpp"

#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

#include <string>

namespace kpkg::elf {
namespace {

using test::BtfWriter;

constexpr auto structure_facts = static_cast<std::uint32_t>(BtfKind::structure) << 24;
constexpr auto pointer_facts = static_cast<std::uint32_t>(BtfKind::pointer) << 24;

/// int, struct list { struct list *next; int flags:3; }
BtfWriter a_kernel_btf(ByteOrder order = ByteOrder::little) {
  BtfWriter writer;
  writer.in(order).integer("int", 4);
  writer.pointer(3);
  writer.structure("list", 16, {{"next", 2, 0, 0}, {"flags", 1, 64, 3}});
  return writer;
}

void check_the_list(const std::string& bytes) {
  const auto btf = Btf::read(bytes);

  REQUIRE(btf);
  CHECK(btf->size() == 4);
  const auto type = btf->type(3);
  CHECK(type.kind == BtfKind::structure);
  CHECK(btf->name(type) == "list");
  CHECK(type.value == 16);
  CHECK(btf->member(3, type, 0).name == "next");
  CHECK(btf->member(3, type, 1).bit_offset == 64);
  CHECK(btf->member(3, type, 1).bitfield_size == 3);
}

std::string error_of(const std::string& bytes) {
  const auto btf = Btf::read(bytes);
  return btf ? "none" : btf.error().message;
}

}  // namespace

TEST_CASE("the types of BTF are read in either byte order") {
  check_the_list(a_kernel_btf().bytes());
  check_the_list(a_kernel_btf(ByteOrder::big).bytes());
}

TEST_CASE("the part of a module refers to types and names of its base") {
  const auto kernel = a_kernel_btf();
  auto writer = BtfWriter::on(kernel);
  writer.structure("mine", 16, {{"list", 3, 0, 0}});
  const auto base_bytes = kernel.bytes();
  const auto bytes = writer.bytes();
  const auto base = Btf::read(base_bytes);
  REQUIRE(base);

  const auto btf = Btf::read(bytes, &*base);

  REQUIRE(btf);
  CHECK(btf->first() == 4);
  CHECK(btf->size() == 5);
  CHECK(btf->name(btf->type(4)) == "mine");
  CHECK(btf->name(btf->type(btf->member(4, btf->type(4), 0).type)) == "list");
}

TEST_CASE("the part of a module is not taken for the whole") {
  const auto kernel = a_kernel_btf();
  auto writer = BtfWriter::on(kernel);
  writer.structure("mine", 16, {});

  CHECK(error_of(writer.bytes()).find("only the part of a module") != std::string::npos);
}

TEST_CASE("names and types that lead outside BTF are refused") {
  BtfWriter name;
  name.raw(400, structure_facts, 0);
  BtfWriter type;
  type.raw(0, pointer_facts, 7);
  BtfWriter member;
  member.raw(0, structure_facts | 1, 4, {0, 9, 0});
  BtfWriter records;
  records.raw(0, structure_facts | 2, 4, {0, 1, 0});

  CHECK(error_of(name.bytes()).find("a name of type 1 is at 400") != std::string::npos);
  CHECK(error_of(type.bytes()).find("type 1 refers to type 7 of 2") != std::string::npos);
  CHECK(error_of(member.bytes()).find("type 1 refers to type 9 of 2") != std::string::npos);
  CHECK(error_of(records.bytes()).find("the records of type 1 end outside") != std::string::npos);
}

TEST_CASE("BTF that is cut anywhere is refused and never read past its end") {
  const auto whole = a_kernel_btf().bytes();

  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(Btf::read(std::string(whole.substr(0, size))).has_value());
}

TEST_CASE("a kind of type that is newer than kpkg is no damage") {
  BtfWriter writer;
  writer.raw(0, 30U << 24, 0);
  const auto bytes = writer.bytes();

  const auto btf = Btf::read(bytes);

  REQUIRE_FALSE(btf);
  CHECK(btf.error().kind == ErrorKind::unsupported);
}

TEST_CASE("a chain of typedefs leads to its end, and one without end leads nowhere") {
  BtfWriter writer;
  writer.integer("int", 4);
  writer.modifier(BtfKind::const_type, "", 3);
  writer.modifier(BtfKind::type_definition, "s32", 1);
  writer.modifier(BtfKind::type_definition, "circle", 4);
  const auto bytes = writer.bytes();
  const auto btf = Btf::read(bytes);
  REQUIRE(btf);

  CHECK(btf->resolved(2) == 1);
  CHECK(btf->resolved(4) == 0);
}

}  // namespace kpkg::elf
