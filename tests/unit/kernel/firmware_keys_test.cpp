// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/firmware_keys.hpp"

#include "fake_root.hpp"
#include "support/signing_key.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::FakeRoot;

namespace {

const std::string variables = "/sys/firmware/efi/efivars/";
const std::string attributes = std::string("\x06\0\0\0", 4);
const std::string x509_type = "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72";

std::string word_of(std::size_t number) {
  std::string word(4, '\0');
  for (std::size_t index = 0; index < 4; ++index) word[index] = static_cast<char>(number >> 8 * index);
  return word;
}

/// A list with one entry, owned by nobody.
std::string a_list_of(const std::string& type, const std::string& entry) {
  return type + word_of(28 + 16 + entry.size()) + word_of(0) + word_of(16 + entry.size()) +
         std::string(16, '\0') + entry;
}

}  // namespace

TEST_CASE("the certificates in a list of signatures are keys, and its digests are not") {
  const auto list = a_list_of(x509_type, test::a_key("owner").certificate()) +
                    a_list_of(std::string(16, 'x'), std::string(32, 'd')) +
                    a_list_of(x509_type, test::a_key("vendor").certificate());

  const auto keys = kernel::keys_of_signature_list(list, "MOK");

  REQUIRE(keys.size() == 2);
  CHECK(keys[0].name == "owner");
  CHECK(keys[1].name == "vendor");
  CHECK(keys[1].origin == "MOK");
}

TEST_CASE("a list of signatures that is cut off has no more than what is whole") {
  const auto list = a_list_of(x509_type, test::a_key().certificate());

  CHECK(kernel::keys_of_signature_list(list.substr(0, list.size() - 1), "MOK").empty());
  CHECK(kernel::keys_of_signature_list(x509_type + std::string(12, '\xff'), "MOK").empty());
  CHECK(kernel::keys_of_signature_list(x509_type + word_of(28) + word_of(0) + word_of(0), "MOK").empty());
}

TEST_CASE("the machine owner's keys are read from the firmware's variables") {
  FakeRoot world;
  world.file(variables + "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23",
             attributes + a_list_of(x509_type, test::a_key("owner").certificate()));

  const auto keys = kernel::firmware_keys(world.root()).value();

  REQUIRE(keys.size() == 1);
  CHECK(keys[0].name == "owner");
}

TEST_CASE("a machine boots securely if its firmware says so and shim does not undo it") {
  FakeRoot plain;
  FakeRoot secure;
  secure.file(variables + "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", attributes + "\x01");
  FakeRoot undone;
  undone.file(variables + "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", attributes + "\x01");
  undone.file(variables + "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23", attributes + "\x01");
  FakeRoot silent;
  silent.file("/sys/firmware/efi/fw_platform_size", "64\n");

  CHECK(kernel::is_secure_boot(plain.root()).value() == false);
  CHECK(kernel::is_secure_boot(secure.root()).value() == true);
  CHECK(kernel::is_secure_boot(undone.root()).value() == false);
  CHECK_FALSE(kernel::is_secure_boot(silent.root()).value().has_value());
}

TEST_CASE("the keys of a running kernel are told by name and identifier") {
  const auto keys = kernel::keys_of_running_kernel(
      "0a1b2c3d I------     1 perm 1f030000     0     0 keyring   .builtin_trusted_keys: 2\n"
      "0f0d6ac2 I------     1 perm 1f030000     0     0 asymmetri Signer: 2024: 00ff: X509.rsa 71e1e0a8 []\n"
      "0f0d6ac3 I------     1 perm 1f030000     0     0 asymmetri damaged\n");

  REQUIRE(keys.size() == 1);
  CHECK(keys[0].name == "Signer: 2024");
  CHECK(keys[0].key_id == std::string("\x00\xff", 2));
  CHECK(keys[0].certificate.empty());
}
