// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"

#include <string>
#include <string_view>

namespace kpkg::abi {

/// What a kernel with CONFIG_MODULE_SIG makes of a module's signature.
enum class SignatureOutcome {
  good,
  absent,          ///< "unsigned module"
  unsupported,     ///< "module with unsupported crypto"
  of_unknown_key,  ///< "module with unavailable key"
  damaged,         ///< refused always, as are the next six
  with_parameters,
  of_unread_version,
  not_of_data,
  with_attributes,
  revoked,       ///< by a key that the machine's firmware forbids
  wrong,         ///< a key that the kernel has says that it is not its signature
  unchecked,     ///< the kernel's keys are not known, or not what is needed of them
  may_be_wrong,  ///< the kernel has the key, and it is not known here whether the signature is right
};

/// Whether the kernel then takes the module for one that is not signed: it refuses that, or marks itself with
/// E.
bool counts_as_unsigned(SignatureOutcome outcome);

struct SignatureCheckResult {
  SignatureOutcome outcome = SignatureOutcome::absent;
  std::string signer = {};  ///< for people; empty: nobody
  std::string key = {};     ///< where the kernel has the key from; only if the outcome is good
  std::string detail = {};  ///< one clause, where the outcome has several causes
  std::string says = {};    ///< the kernel's line about that cause, besides the one about the outcome

  bool operator==(const SignatureCheckResult&) const = default;
};

/// Answers as the kernel would, in the kernel's order.
/// Source: linux kernel/module/signing.c, certs/system_keyring.c, crypto/asymmetric_keys/pkcs7_verify.c and
/// pkcs7_trust.c.
SignatureCheckResult check_module_signature(const Fingerprint& module, const KernelFacts& kernel);

/// The stable names: "of_unknown_key".
std::string_view name_of(SignatureOutcome outcome);

}  // namespace kpkg::abi
