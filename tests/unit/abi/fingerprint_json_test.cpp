// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"

#include "base/json.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

namespace {

abi::Fingerprint a_full_fingerprint() {
  return a_module()
      .needing("kmalloc", 0xffff'ffff'ffff'fff0)
      .needing_weakly("maybe")
      .exporting_gpl("mine", 7, "NS")
      .importing_namespace("USB")
      .with_modinfo("srcversion", "ABC")
      .with_modinfo("intree", "Y")
      .with_modinfo("depends", "a,b")
      .with_section(".BTF", "x")
      .with_extended_versions()
      .signed_by_nobody(99)
      .fingerprint();
}

Json a_json_with(const std::string& key, Json value) {
  Json json = abi::to_json(a_full_fingerprint());
  json[key] = std::move(value);
  return json;
}

std::string mistake_in(const Json& json) {
  return abi::fingerprint_from_json(json).error().message;
}

}  // namespace

TEST_CASE("a fingerprint survives being written as text and read again") {
  const auto print = a_full_fingerprint();

  const auto json = parse_json(json_text(abi::to_json(print)));

  CHECK(abi::fingerprint_from_json(json.value()) == print);
}

TEST_CASE("a fingerprint of a module with little in it survives too") {
  const auto print =
      a_module().without_this_module().without_vermagic().unlicensed().without_versions().fingerprint();

  CHECK(abi::fingerprint_from_json(abi::to_json(print)) == print);
}

TEST_CASE("a CRC is written in hexadecimal, since JSON's numbers do not hold 64 bits everywhere") {
  const auto json = abi::to_json(a_full_fingerprint());

  CHECK(json["imports"][0]["crc"] == "0xfffffffffffffff0");
  CHECK(json["layout_crc"] == "0x0badcafe");
  CHECK(json["architecture"]["machine_name"] == "x86-64");
}

TEST_CASE("a field of another type is refused by its name") {
  CHECK(mistake_in(Json::array()) == "the fingerprint is not a JSON object");
  CHECK(mistake_in(a_json_with("name", 7)) == "field name of the fingerprint is not a text");
  CHECK(mistake_in(a_json_with("size", -1)) == "field size of the fingerprint is not a whole number");
  CHECK(mistake_in(a_json_with("intree", "yes")) == "field intree of the fingerprint is not true or false");
  CHECK(mistake_in(a_json_with("imports", "x")) == "field imports of the fingerprint is not a list");
  CHECK(mistake_in(a_json_with("imports", Json::array({1}))) == "field symbol of the import is not a text");
  CHECK(mistake_in(a_json_with("depends", Json::array({1}))) ==
        "field depends of the fingerprint is not a list of texts");
  CHECK(mistake_in(a_json_with("layout_crc", "12")) ==
        "field layout_crc of the fingerprint is not a CRC such as 0x0000abcd");
  CHECK(mistake_in(a_json_with("digest", "12")) == "field digest of the fingerprint is not a SHA-256 digest");
  CHECK(mistake_in(a_json_with("architecture", nullptr)) ==
        "field architecture of the fingerprint is not an object");
}
