// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/signed_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::crypto {

/// An X.509 certificate: what names it and its key. `issuer`, `serial` and `key_id` are bytes of the same
/// form as in SignerInfo.
struct Certificate {
  std::string der = {};
  std::string name = {};         ///< common name of the subject, for people; empty: it has none
  std::string issuer_name = {};  ///< common name of the issuer
  std::string issuer = {};
  std::string serial = {};
  std::string key_id = {};    ///< subject key identifier; empty: it has none
  std::string key_type = {};  ///< "rsa 4096", "ecdsa 256"; "unknown": not of a type that is known here

  bool operator==(const Certificate&) const = default;
};

/// Reads the DER of one certificate. Its dates and signature are not looked at: kernels do not either.
///
/// Errors: corrupt: not one whole certificate. Source: RFC 5280.
Result<Certificate> parse_certificate(std::string_view der);

/// Whether `signer` names the key of `certificate`, as a kernel compares them: byte for byte.
bool names(const SignerInfo& signer, const Certificate& certificate);

/// The digest of `bytes` by the algorithm of that name ("sha256"), as bytes; nothing if it is not known here.
std::optional<std::string> digest_by(std::string_view algorithm, std::string_view bytes);

enum class SignatureCheck {
  good,
  bad,
  uncheckable,  ///< of an algorithm that is not known here
};

/// Whether the key of `certificate` made `signer`'s signature over the bytes that have this digest.
SignatureCheck check_signature(const SignerInfo& signer, std::string_view digest,
                               const Certificate& certificate);

}  // namespace kpkg::crypto
