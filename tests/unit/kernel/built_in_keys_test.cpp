// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/built_in_keys.hpp"

#include "support/signing_key.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

std::string word_of(std::size_t number) {
  std::string word(8, '\0');
  for (std::size_t index = 0; index < 8; ++index) word[index] = static_cast<char>(number >> 8 * index);
  return word;
}

std::string padded(std::string bytes, std::size_t alignment = 8) {
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  return bytes;
}

}  // namespace

TEST_CASE("the keys of a kernel are the certificates in front of the word with their length") {
  const auto certificates = test::a_key("first").certificate() + test::a_key("second").certificate();
  const auto image = std::string(4096, '\0') + padded(certificates) + word_of(certificates.size()) + "more";

  const auto keys = kernel::built_in_keys(image);

  REQUIRE(keys.has_value());
  REQUIRE(keys->size() == 2);
  CHECK(keys->at(0).name == "first");
  CHECK(keys->at(1).name == "second");
  CHECK(keys->at(0).key_id.size() == 20);
  CHECK(keys->at(0).origin == "the kernel's image");
}

TEST_CASE("certificates for another end are passed over") {
  const auto wireless = padded(test::a_key("wireless").certificate()) + "no length";
  const auto own = test::a_key("own").certificate();

  CHECK_FALSE(kernel::built_in_keys(wireless).has_value());
  const auto keys = kernel::built_in_keys(wireless + padded(own) + word_of(own.size()));
  REQUIRE(keys.has_value());
  CHECK(keys->at(0).name == "own");
}

TEST_CASE("a kernel of the other byte order has its length there too") {
  const auto own = test::a_key("own").certificate();
  const auto little = word_of(own.size());
  const auto image = padded(own) + std::string(little.rbegin(), little.rend());

  CHECK(kernel::built_in_keys(image).has_value());
}

TEST_CASE("an arm kernel has its length on the next boundary of 256 bytes, and no other does") {
  const auto own = test::a_key("own").certificate();

  CHECK(kernel::built_in_keys(padded(own, 256) + word_of(own.size())).has_value());
  CHECK_FALSE(kernel::built_in_keys(padded(own, 256) + word_of(own.size() + 1)).has_value());
  CHECK_FALSE(kernel::built_in_keys(padded(own, 2048) + word_of(own.size())).has_value());
}

TEST_CASE("an image without certificates, or cut off inside one, has no keys that are known") {
  const auto own = test::a_key("own").certificate();

  CHECK_FALSE(kernel::built_in_keys("").has_value());
  CHECK_FALSE(kernel::built_in_keys(std::string(100, '\x30')).has_value());
  CHECK_FALSE(kernel::built_in_keys(own.substr(0, own.size() - 1)).has_value());
  CHECK_FALSE(kernel::built_in_keys(padded(own) + word_of(own.size()).substr(0, 7)).has_value());
}

TEST_CASE("an image made of beginnings of certificates is given up") {
  const std::string beginning("\x30\x82\xff\xff\x30\x82\xff\xf0\xa0\x03\x02\x01\x02\x02", 14);
  std::string beginnings;
  for (int count = 0; count < 1000; ++count) beginnings += beginning;
  const auto own = test::a_key("own").certificate();
  const auto image = padded(beginnings) + padded(own) + word_of(own.size()) + std::string(0x10000, '\0');

  CHECK_FALSE(kernel::built_in_keys(image).has_value());
  CHECK(kernel::built_in_keys(padded(beginning) + padded(own) + word_of(own.size())).has_value());
}
