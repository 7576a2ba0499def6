// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_table.hpp"

#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::TypeTable;
using elf::BtfKind;
using test::BtfWriter;

namespace {

TypeTable table_of(const BtfWriter& writer) {
  const auto bytes = writer.bytes();
  const auto btf = elf::Btf::read(bytes);
  REQUIRE(btf);
  return abi::types_of_module(*btf);
}

std::uint32_t layout_of(const BtfWriter& writer, std::string_view name) {
  const auto table = table_of(writer);
  REQUIRE(table.named(name).size() == 1);
  return table.named(name)[0].layout;
}

/// struct device { struct device *parent; const int id; } written one way.
BtfWriter a_device() {
  BtfWriter writer;
  writer.integer("int", 4);
  writer.pointer(3);
  writer.structure("device", 16, {{"parent", 2, 0, 0}, {"id", 1, 64, 0}});
  return writer;
}

}  // namespace

TEST_CASE("a type lies alike however its qualifiers, integer names and order in BTF are") {
  BtfWriter other;
  other.integer("signed int", 4);
  other.modifier(BtfKind::const_type, "", 1);
  other.structure("device", 16, {{"parent", 5, 0, 0}, {"id", 2, 64, 0}});
  other.forward("device");
  other.pointer(4);

  CHECK(layout_of(a_device(), "device") == layout_of(other, "device"));
}

TEST_CASE("a member of another name, place, type or size makes another layout") {
  const auto with = [](const test::MemberToWrite& member, std::uint32_t size) {
    BtfWriter writer;
    writer.integer("int", 4);
    writer.integer("short", 2);
    writer.structure("device", size, {member});
    return layout_of(writer, "device");
  };
  const auto plain = with({"id", 1, 0, 0}, 8);

  CHECK(plain == with({"id", 1, 0, 0}, 8));
  CHECK(plain != with({"number", 1, 0, 0}, 8));
  CHECK(plain != with({"id", 1, 32, 0}, 8));
  CHECK(plain != with({"id", 2, 0, 0}, 8));
  CHECK(plain != with({"id", 1, 0, 3}, 8));
  CHECK(plain != with({"id", 1, 0, 0}, 4));
}

TEST_CASE("what lies in a structure without a name counts where it is used") {
  const auto with = [](std::uint32_t place) {
    BtfWriter writer;
    writer.integer("int", 4);
    writer.structure("", 8, {{"inner", 1, place, 0}});
    writer.structure("outer", 8, {{"", 2, 0, 0}});
    return layout_of(writer, "outer");
  };

  CHECK(with(0) != with(32));
}

TEST_CASE("a bit field is the same in both ways of writing it") {
  BtfWriter old_way;
  old_way.raw(old_way.name("bits"), static_cast<std::uint32_t>(BtfKind::integer) << 24, 4, {3U << 16 | 5});
  old_way.structure("flags", 4, {{"level", 1, 0, 0}});
  BtfWriter new_way;
  new_way.integer("int", 4);
  new_way.structure("flags", 4, {{"level", 1, 3, 5}});
  const auto bytes = old_way.bytes();

  CHECK(layout_of(old_way, "flags") != 0);
  // The type differs in width only on paper: both are integers of four bytes.
  CHECK(layout_of(old_way, "flags") == layout_of(new_way, "flags"));
}

TEST_CASE("an array of arrays is laid out as the array of all their elements, which old writers make of it") {
  BtfWriter nested;
  nested.integer("int", 4);
  nested.array(1, 3);
  nested.array(2, 2);
  nested.structure("grid", 24, {{"cells", 3, 0, 0}});
  BtfWriter flat;
  flat.integer("int", 4);
  flat.array(1, 6);
  flat.structure("grid", 24, {{"cells", 2, 0, 0}});

  CHECK(layout_of(nested, "grid") == layout_of(flat, "grid"));
}

TEST_CASE("types that contain themselves, as only a hostile file has them, end") {
  BtfWriter writer;
  writer.structure("", 8, {{"a", 1, 0, 0}, {"b", 1, 0, 0}, {"c", 2, 0, 0}});
  writer.array(2, 4);
  writer.structure("outer", 8, {{"x", 1, 0, 0}, {"y", 2, 0, 0}});

  CHECK(table_of(writer).types.size() == 1);
}

TEST_CASE("a type uses those that it embeds, points to or hands to a function") {
  BtfWriter writer;
  writer.structure("bus", 8, {});
  writer.pointer(1);
  writer.function("unused", {2});
  writer.pointer(3);  // to the prototype
  writer.structure("", 8, {{"probe", 5, 0, 0}});
  writer.structure("driver", 8, {{"", 6, 0, 0}});

  const auto table = table_of(writer);

  REQUIRE(table.types.size() == 2);
  CHECK(table.types[1].name == "driver");
  CHECK(table.types[1].uses == std::vector<std::uint32_t>{0});
}

TEST_CASE("an enumeration without values is only declared and has no row") {
  BtfWriter writer;
  writer.enumeration("declared", {});
  writer.enumeration("defined", {{"ONE", 1}});

  const auto table = table_of(writer);

  REQUIRE(table.types.size() == 1);
  CHECK(table.types[0].name == "defined");
}

TEST_CASE("of a kernel's functions those that it exports are kept, with the types they name") {
  BtfWriter writer;
  writer.structure("bus", 8, {});
  writer.pointer(1);
  writer.function("add_bus", {2});
  writer.function("hidden", {2});
  const auto bytes = writer.bytes();
  const auto btf = elf::Btf::read(bytes);
  REQUIRE(btf);

  const auto table = abi::types_of_kernel(*btf, std::vector<std::string>{"add_bus", "elsewhere"});

  REQUIRE(table.functions.size() == 1);
  CHECK(table.functions[0].function == "add_bus");
  CHECK(table.functions[0].uses == std::vector<std::uint32_t>{0});
}

TEST_CASE("a table is the same after it was remembered") {
  auto writer = a_device();
  writer.enumeration("state", {{"ON", 1}, {"OFF", 2}});
  writer.union_of("either", 8, {{"device", 2, 0, 0}});
  auto table = table_of(writer);
  table.functions = {{.function = "add_device", .uses = {0}}, {.function = "remove_device", .uses = {0, 1}}};

  const auto again = abi::parse_types(abi::text_of(table));

  REQUIRE(again);
  CHECK(*again == table);
}

TEST_CASE("a remembered table that was damaged is not taken for one") {
  const auto text = abi::text_of(table_of(a_device()));

  CHECK_FALSE(abi::parse_types(""));
  CHECK_FALSE(abi::parse_types(text.substr(0, text.find('\n') + 1)));
  CHECK_FALSE(abi::parse_types("types 1\ns device 10 1\n"));
  CHECK_FALSE(abi::parse_types("types 1\ns device 10 1 1 1\n"));
  CHECK_FALSE(abi::parse_types("types 2\ns b 10 1 1 \ns a 10 1 1 \n"));
  CHECK_FALSE(abi::parse_types("types 1\nx device 10 1 1 \n"));
  CHECK_FALSE(abi::parse_types("types 1\n\n"));
}
