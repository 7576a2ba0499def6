// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// A key whose signatures a kernel may accept.
struct TrustedKey {
  std::string name = {};         ///< of its owner, for people
  std::string key_id = {};       ///< bytes of the subject key identifier; empty: it has none
  std::string certificate = {};  ///< DER; empty: only its name and identifier are known
  std::string origin = {};       ///< for people: "the kernel's image", "the machine owner's keys (MOK)"

  bool operator==(const TrustedKey&) const = default;
};

/// What a kernel demands of signatures, as its image and its configuration say; how the machine was booted is
/// in Gates. Nothing in an optional means: not known.
struct SignaturePolicy {
  std::optional<bool> checks = {};  ///< CONFIG_MODULE_SIG; without it a signature is bytes behind the module
  std::optional<bool> enforces = {};  ///< CONFIG_MODULE_SIG_FORCE
  /// The lockdown that its configuration sets for every boot; false: none.
  std::optional<bool> is_locked_down = {};
  std::optional<bool> can_lock_down = {};         ///< CONFIG_SECURITY_LOCKDOWN_LSM
  std::optional<bool> locks_in_secure_boot = {};  ///< CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT, a common patch
  /// Enforces signatures where the firmware boots only what is signed: CONFIG_IMA_ARCH_POLICY.
  std::optional<bool> enforces_in_secure_boot = {};
  std::optional<bool> heeds_revocations = {};  ///< CONFIG_SYSTEM_REVOCATION_LIST: MOKX and dbx
  /// Accepts the machine owner's keys for modules: CONFIG_INTEGRITY_MACHINE_KEYRING, or a common patch.
  std::optional<bool> trusts_owner_keys = {};
  /// Of its own list, which CONFIG_SYSTEM_TRUSTED_KEYRING puts into the image.
  std::optional<std::vector<TrustedKey>> built_in_keys = {};
  /// Names of digests that it has ("sha256"), with modules of its own counted.
  std::optional<std::vector<std::string>> digests = {};

  bool operator==(const SignaturePolicy&) const = default;
};

/// What follows from a configuration; `is_set` says whether an option is y or m.
SignaturePolicy policy_of_configuration(const std::function<bool(std::string_view)>& is_set);

Json to_json(const SignaturePolicy& policy);
Json to_json(const TrustedKey& key);

/// Errors: corrupt: a field is missing or has another type; the message names it.
Result<SignaturePolicy> signature_policy_from_json(const Json& value);
Result<TrustedKey> trusted_key_from_json(const Json& value);

/// The key of a certificate; nothing if `der` is none.
std::optional<TrustedKey> key_of_certificate(std::string_view der, std::string_view origin);

}  // namespace kpkg::abi
