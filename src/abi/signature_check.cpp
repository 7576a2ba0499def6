// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/signature_check.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "crypto/certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace kpkg::abi {
namespace {

using Outcome = SignatureOutcome;
using Answer = SignatureCheckResult;

/// One signer of the module, and what a kernel needs to judge it.
struct Signing {
  const crypto::SignerInfo& signer;
  const std::string& digest;
  const std::vector<std::string>& certificates;  ///< that came along
  const KernelFacts& kernel;
};

std::string hex_of(std::string_view bytes) {
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::string text_of(const crypto::SignerInfo& signer) {
  if (!signer.key_id.empty()) return "the key " + hex_of(signer.key_id);
  return fmt::format("{} (serial {})", signer.issuer_name.empty() ? "nobody" : signer.issuer_name,
                     hex_of(signer.serial));
}

/// Whether the kernel has this digest; a list that was learned from its own modules alone has no last word.
bool lacks_digest(const KernelFacts& kernel, const std::string& digest) {
  const auto& known = kernel.signature_policy.digests;
  return known && std::find(known->begin(), known->end(), digest) == known->end();
}

/// Whether the kernel's reader of PKCS#7 knows the digest's name: 6.7 took md4 and md5 out and sha3 in.
/// Source: linux crypto/asymmetric_keys/pkcs7_parser.c; booted kernels 5.10, 6.1, 6.12 and 7.2.
bool cannot_read(const KernelFacts& kernel, const std::string& digest) {
  if (kernel.release.empty()) return false;
  const bool is_new = compare_versions(kernel.release, "6.7") >= 0;
  return is_new ? digest == "md4" || digest == "md5" : digest.starts_with("sha3-");
}

enum class Match { none, by_name, by_certificate };

/// A key without a certificate can be told by its identifier; where the signer is named by issuer and serial,
/// only the name is left.
Match match(const TrustedKey& key, const crypto::SignerInfo& signer) {
  if (key.certificate.empty()) {
    if (!signer.key_id.empty()) return signer.key_id == key.key_id ? Match::by_name : Match::none;
    return signer.issuer_name == key.name ? Match::by_name : Match::none;
  }
  const auto certificate = crypto::parse_certificate(key.certificate);
  return certificate && crypto::names(signer, *certificate) ? Match::by_certificate : Match::none;
}

Outcome check_with(const Signing& signing, const std::string& der) {
  const auto certificate = crypto::parse_certificate(der);
  if (!certificate) return Outcome::may_be_wrong;
  switch (crypto::check_signature(signing.signer, signing.digest, *certificate)) {
    case crypto::SignatureCheck::good: return Outcome::good;
    case crypto::SignatureCheck::bad: return Outcome::wrong;
    case crypto::SignatureCheck::uncheckable: return Outcome::may_be_wrong;
  }
  return Outcome::may_be_wrong;
}

/// Asks the keys of one list; `of_unknown_key` if none is the signer's.
Answer ask(const Signing& signing, const std::vector<TrustedKey>& keys) {
  for (const auto& key : keys) {
    const auto matched = match(key, signing.signer);
    if (matched == Match::none) continue;
    const auto outcome =
        matched == Match::by_certificate ? check_with(signing, key.certificate) : Outcome::unchecked;
    return {.outcome = outcome,
            .signer = text_of(signing.signer),
            .key = key.origin,
            .detail = fmt::format("the kernel has the key {} from {}", key.name, key.origin)};
  }
  return {.outcome = Outcome::of_unknown_key, .signer = text_of(signing.signer), .key = {}};
}

/// The certificates of the message itself: a signature that its own certificate does not confirm is wrong
/// whatever the kernel has.
bool contradicts_itself(const Signing& signing) {
  return std::any_of(signing.certificates.begin(), signing.certificates.end(), [&](const std::string& der) {
    const auto certificate = crypto::parse_certificate(der);
    return certificate && crypto::names(signing.signer, *certificate) &&
           crypto::check_signature(signing.signer, signing.digest, *certificate) ==
               crypto::SignatureCheck::bad;
  });
}

/// Whether a certificate that came along was issued by, or is, one that the kernel trusts. That of a stranger
/// leads nowhere. Source: pkcs7_validate_trust_one().
bool may_lead_to_a_key(const Signing& signing) {
  const auto trusted = signing.kernel.signature_policy.built_in_keys.value_or(std::vector<TrustedKey>());
  std::vector<std::string> names;
  for (const auto& key : trusted) names.push_back(key.name);
  for (const auto& key : signing.kernel.gates.owner_keys) names.push_back(key.name);
  return std::any_of(signing.certificates.begin(), signing.certificates.end(), [&](const std::string& der) {
    const auto certificate = crypto::parse_certificate(der);
    if (!certificate) return true;
    const auto is_trusted = [&](const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return is_trusted(certificate->name) || is_trusted(certificate->issuer_name);
  });
}

Answer check_signer(const Signing& signing) {
  const auto& policy = signing.kernel.signature_policy;
  if (contradicts_itself(signing))
    return {.outcome = Outcome::wrong, .signer = text_of(signing.signer), .key = {}};
  const auto revoked = ask(signing, signing.kernel.gates.revoked_keys);
  if (revoked.outcome != Outcome::of_unknown_key && policy.heeds_revocations.value_or(true))
    return {.outcome = policy.heeds_revocations ? Outcome::revoked : Outcome::unchecked,
            .signer = text_of(signing.signer),
            .key = {},
            .detail = "its key stands in " + revoked.key};
  auto result = ask(signing, policy.built_in_keys.value_or(std::vector<TrustedKey>()));
  if (result.outcome != Outcome::of_unknown_key) return result;
  const auto owner = ask(signing, signing.kernel.gates.owner_keys);
  if (owner.outcome != Outcome::of_unknown_key && policy.trusts_owner_keys.value_or(true)) {
    if (policy.trusts_owner_keys) return owner;
    result.outcome = Outcome::unchecked;
    result.detail = "the key is one of the machine's owner, and whether the kernel trusts those is not known";
    return result;
  }
  if (!policy.built_in_keys) {
    result.outcome = Outcome::unchecked;
    result.detail = "the kernel's own keys are not known";
  } else if (may_lead_to_a_key(signing)) {
    result.outcome = Outcome::unchecked;
    result.detail = "it brings certificates, whose chain is not followed";
  }
  return result;
}

/// Of several signers a wrong one decides, then a good one. Source: pkcs7_validate_trust().
int rank(Outcome outcome) {
  if (outcome == Outcome::wrong || outcome == Outcome::revoked) return 4;
  if (outcome == Outcome::may_be_wrong) return 3;
  if (outcome == Outcome::good) return 2;
  return outcome == Outcome::unchecked ? 1 : 0;
}

Answer check_message(const ModuleSignature& signature, const KernelFacts& kernel) {
  const auto& message = signature.message;
  const auto& signers = message.signers;
  const auto foreign = std::find_if(signers.begin(), signers.end(), [&](const auto& signer) {
    return lacks_digest(kernel, signer.digest) || cannot_read(kernel, signer.digest);
  });
  if (foreign != signers.end()) {
    return {.outcome = Outcome::unsupported,
            .signer = text_of(*foreign),
            .key = {},
            .detail = "the kernel has no " + foreign->digest,
            .says = cannot_read(kernel, foreign->digest) ? "Unsupported digest algo" : ""};
  }
  const auto first = text_of(signers.front());
  if (!message.is_of_data) return {.outcome = Outcome::not_of_data, .signer = first, .key = {}};
  if (signers.front().has_attributes)
    return {.outcome = Outcome::with_attributes, .signer = first, .key = {}};
  Answer worst = {.outcome = Outcome::of_unknown_key, .signer = first, .key = {}};
  for (std::size_t index = 0; index < signers.size(); ++index) {
    const auto result =
        check_signer({signers[index], signature.payload_digests[index], message.certificates, kernel});
    if (index == 0 || rank(result.outcome) > rank(worst.outcome)) worst = result;
  }
  return worst;
}

Answer result_of_defect(const crypto::SignedMessage& message) {
  const auto result = [&](Outcome outcome) {
    return Answer{
        .outcome = outcome, .signer = {}, .key = {}, .detail = message.problem, .says = message.kernel_says};
  };
  switch (message.defect) {
    case crypto::MessageDefect::none: break;
    case crypto::MessageDefect::damaged: return result(Outcome::damaged);
    case crypto::MessageDefect::unsupported: return result(Outcome::of_unread_version);
    case crypto::MessageDefect::unknown_algorithm: return result(Outcome::unsupported);
  }
  return result(Outcome::good);
}

}  // namespace

bool counts_as_unsigned(SignatureOutcome outcome) {
  return outcome == Outcome::absent || outcome == Outcome::unsupported || outcome == Outcome::of_unknown_key;
}

SignatureCheckResult check_module_signature(const Fingerprint& module, const KernelFacts& kernel) {
  switch (form_of(module.signature, module.size)) {
    case SignatureForm::absent: return {.outcome = Outcome::absent};
    case SignatureForm::too_long:
      return {.outcome = Outcome::damaged, .detail = "it claims to be longer than the file"};
    case SignatureForm::of_another_kind:
      return {.outcome = Outcome::unsupported,
              .detail = "its trailer says that it is no PKCS#7",
              .says = "module: not signed with expected PKCS#7 message"};
    case SignatureForm::with_parameters: return {.outcome = Outcome::with_parameters};
    case SignatureForm::message: break;
  }
  if (!module.signature_message) return {.outcome = Outcome::damaged, .detail = "it is empty"};
  const auto defective = result_of_defect(module.signature_message->message);
  if (defective.outcome != Outcome::good) return defective;
  return check_message(*module.signature_message, kernel);
}

std::string_view name_of(SignatureOutcome outcome) {
  switch (outcome) {
    case Outcome::good: return "good";
    case Outcome::absent: return "absent";
    case Outcome::unsupported: return "unsupported";
    case Outcome::of_unknown_key: return "of_unknown_key";
    case Outcome::damaged: return "damaged";
    case Outcome::with_parameters: return "with_parameters";
    case Outcome::of_unread_version: return "of_unread_version";
    case Outcome::not_of_data: return "not_of_data";
    case Outcome::with_attributes: return "with_attributes";
    case Outcome::revoked: return "revoked";
    case Outcome::wrong: return "wrong";
    case Outcome::unchecked: return "unchecked";
    case Outcome::may_be_wrong: return "may_be_wrong";
  }
  return "unchecked";
}

}  // namespace kpkg::abi
