// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/signature_policy.hpp"

#include "abi/fingerprint_json.hpp"
#include "abi/kernel_facts_json.hpp"
#include "base/json.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"
#include "support/signing_key.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace kpkg;
using namespace kpkg::test;

namespace {

abi::SignaturePolicy policy_with(const std::set<std::string_view>& options) {
  return abi::policy_of_configuration([&](std::string_view option) { return options.count(option) != 0; });
}

}  // namespace

TEST_CASE("a configuration says whether signatures are checked, enforced and locked down") {
  CHECK(policy_with({}).checks == false);
  CHECK(policy_with({"CONFIG_MODULE_SIG"}).checks == true);
  CHECK(policy_with({"CONFIG_MODULE_SIG", "CONFIG_MODULE_SIG_FORCE"}).enforces == true);
  CHECK(policy_with({"CONFIG_SECURITY_LOCKDOWN_LSM"}).is_locked_down == false);
  CHECK(policy_with({"CONFIG_SECURITY_LOCKDOWN_LSM", "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY"})
            .is_locked_down == true);
}

TEST_CASE("a configuration says which digests a signature may have") {
  const auto digests = policy_with({"CONFIG_CRYPTO_SHA256", "CONFIG_CRYPTO_SHA3"}).digests.value();

  CHECK(digests == std::vector<std::string>{"sha224", "sha256", "sha3-256", "sha3-384", "sha3-512"});
}

TEST_CASE("a policy and the gates of a machine survive JSON") {
  const auto key = a_key();
  auto facts = a_kernel()
                   .trusting(key.certificate())
                   .booted_with("nomodule lockdown=integrity module_blacklist=a modprobe.blacklist=b")
                   .facts();
  facts.gates.owner_keys.push_back(
      {.name = "owner", .key_id = "\x01\xff", .certificate = {}, .origin = "MOK"});
  facts.gates.built_in = {{"loop", true}, {"zram", std::nullopt}};

  CHECK(abi::kernel_facts_from_json(abi::to_json(facts)).value() == facts);
}

TEST_CASE("what is not known of a policy stays unknown in JSON") {
  auto facts = a_kernel().facts();
  facts.signature_policy = {};

  CHECK(abi::kernel_facts_from_json(abi::to_json(facts)).value() == facts);
}

TEST_CASE("a signature survives JSON, with its certificates and digests") {
  const auto print =
      abi::fingerprint(a_key().sign(a_module().bytes(), {.has_attributes = true, .has_certificate = true}))
          .value();

  REQUIRE(print.signature_message.has_value());
  CHECK(abi::fingerprint_from_json(abi::to_json(print)).value() == print);
}

TEST_CASE("a signature whose digests are missing is corrupt") {
  auto json = abi::to_json(abi::fingerprint(a_key().sign(a_module().bytes())).value());
  json["signature_message"]["payload_digests"] = Json::array();

  CHECK_FALSE(abi::fingerprint_from_json(json).has_value());
}
