// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/signature_policy.hpp"

#include "abi/bytes_json.hpp"
#include "abi/json_reader.hpp"
#include "crypto/certificate.hpp"

#include <array>

namespace kpkg::abi {
namespace {

struct DigestRow {
  std::string_view name;
  std::string_view option;
};

// Source: linux crypto/Kconfig. A digest that is a module is loaded when a signature asks for it.
constexpr std::array digest_rows{DigestRow{"md4", "CONFIG_CRYPTO_MD4"},
                                 DigestRow{"md5", "CONFIG_CRYPTO_MD5"},
                                 DigestRow{"sha1", "CONFIG_CRYPTO_SHA1"},
                                 DigestRow{"sha224", "CONFIG_CRYPTO_SHA256"},
                                 DigestRow{"sha256", "CONFIG_CRYPTO_SHA256"},
                                 DigestRow{"sha384", "CONFIG_CRYPTO_SHA512"},
                                 DigestRow{"sha512", "CONFIG_CRYPTO_SHA512"},
                                 DigestRow{"sha3-256", "CONFIG_CRYPTO_SHA3"},
                                 DigestRow{"sha3-384", "CONFIG_CRYPTO_SHA3"},
                                 DigestRow{"sha3-512", "CONFIG_CRYPTO_SHA3"},
                                 DigestRow{"sm3", "CONFIG_CRYPTO_SM3"},
                                 DigestRow{"streebog256", "CONFIG_CRYPTO_STREEBOG"},
                                 DigestRow{"streebog512", "CONFIG_CRYPTO_STREEBOG"}};

/// One optional flag of the struct and its name in JSON.
struct Flag {
  std::string_view key;
  std::optional<bool> SignaturePolicy::*member;
};

constexpr std::array flags{Flag{"checks", &SignaturePolicy::checks},
                           Flag{"enforces", &SignaturePolicy::enforces},
                           Flag{"is_locked_down", &SignaturePolicy::is_locked_down},
                           Flag{"can_lock_down", &SignaturePolicy::can_lock_down},
                           Flag{"locks_in_secure_boot", &SignaturePolicy::locks_in_secure_boot},
                           Flag{"enforces_in_secure_boot", &SignaturePolicy::enforces_in_secure_boot},
                           Flag{"heeds_revocations", &SignaturePolicy::heeds_revocations},
                           Flag{"trusts_owner_keys", &SignaturePolicy::trusts_owner_keys}};

}  // namespace

SignaturePolicy policy_of_configuration(const std::function<bool(std::string_view)>& is_set) {
  SignaturePolicy policy;
  policy.checks = is_set("CONFIG_MODULE_SIG");
  policy.enforces = is_set("CONFIG_MODULE_SIG_FORCE");
  policy.can_lock_down = is_set("CONFIG_SECURITY_LOCKDOWN_LSM");
  policy.is_locked_down = *policy.can_lock_down && (is_set("CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY") ||
                                                    is_set("CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY"));
  policy.locks_in_secure_boot = is_set("CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT");
  policy.enforces_in_secure_boot = is_set("CONFIG_MODULE_SIG") && is_set("CONFIG_IMA_ARCH_POLICY");
  policy.heeds_revocations = is_set("CONFIG_SYSTEM_REVOCATION_LIST");
  if (!is_set("CONFIG_INTEGRITY_PLATFORM_KEYRING") && !is_set("CONFIG_INTEGRITY_MACHINE_KEYRING"))
    policy.trusts_owner_keys = false;
  policy.digests.emplace();
  for (const auto& row : digest_rows)
    if (is_set(row.option)) policy.digests->emplace_back(row.name);
  return policy;
}

Json to_json(const TrustedKey& key) {
  return {{"name", key.name},
          {"key_id", json_of_bytes(key.key_id)},
          {"certificate", json_of_bytes(key.certificate)},
          {"origin", key.origin}};
}

Json to_json(const SignaturePolicy& policy) {
  Json json = Json::object();
  for (const auto& flag : flags) json[std::string(flag.key)] = json_of(policy.*flag.member);
  json["built_in_keys"] = Json();
  if (policy.built_in_keys) {
    json["built_in_keys"] = Json::array();
    for (const auto& key : *policy.built_in_keys) json["built_in_keys"].push_back(to_json(key));
  }
  json["digests"] = json_of(policy.digests);
  return json;
}

Result<TrustedKey> trusted_key_from_json(const Json& value) {
  const JsonReader reader(value, "trusted key");
  KPKG_TRY(reader.check_object());
  TrustedKey key;
  key.name = KPKG_TRY(reader.text("name"));
  key.key_id = KPKG_TRY(bytes_from(reader, "key_id"));
  key.certificate = KPKG_TRY(bytes_from(reader, "certificate"));
  key.origin = KPKG_TRY(reader.text("origin"));
  return key;
}

Result<SignaturePolicy> signature_policy_from_json(const Json& value) {
  const JsonReader reader(value, "signature policy");
  KPKG_TRY(reader.check_object());
  SignaturePolicy policy;
  for (const auto& flag : flags) policy.*flag.member = KPKG_TRY(reader.optional_flag(flag.key));
  const Json* const keys = KPKG_TRY(reader.optional_list("built_in_keys"));
  if (keys != nullptr) {
    policy.built_in_keys.emplace();
    for (const Json& each : *keys) policy.built_in_keys->push_back(KPKG_TRY(trusted_key_from_json(each)));
  }
  const Json* const digests = KPKG_TRY(reader.optional_list("digests"));
  if (digests != nullptr) policy.digests = KPKG_TRY(reader.texts("digests"));
  return policy;
}

std::optional<TrustedKey> key_of_certificate(std::string_view der, std::string_view origin) {
  const auto certificate = crypto::parse_certificate(der);
  if (!certificate) return std::nullopt;
  return TrustedKey{.name = certificate->name.empty() ? certificate->issuer_name : certificate->name,
                    .key_id = certificate->key_id,
                    .certificate = certificate->der,
                    .origin = std::string(origin)};
}

}  // namespace kpkg::abi
