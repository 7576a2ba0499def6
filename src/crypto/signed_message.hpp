// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::crypto {

/// What a kernel finds wrong with a PKCS#7 message before it looks for a key.
enum class MessageDefect {
  none,
  damaged,            ///< not the DER of a detached SignedData
  unsupported,        ///< of a version or a kind of content that no kernel reads
  unknown_algorithm,  ///< signed with what no kernel has a name for
};

/// Who signed, how, and what came out. Everything but `issuer_name`, `digest` and `algorithm` is bytes.
struct SignerInfo {
  std::string issuer = {};       ///< contents of the DER name; empty: the signer is named by key_id
  std::string serial = {};       ///< of the certificate, the contents of its DER integer
  std::string key_id = {};       ///< subject key identifier; empty: the signer is named by issuer and serial
  std::string issuer_name = {};  ///< the issuer's common name, for people
  std::string digest = {};       ///< "sha256"
  std::string algorithm = {};    ///< "rsa", "ecdsa", or the dotted name of another one
  std::string signature = {};
  bool has_attributes = false;  ///< signed attributes, which stand between the bytes and the signature

  bool operator==(const SignerInfo&) const = default;
};

/// A PKCS#7 SignedData, as it is appended to modules.
struct SignedMessage {
  MessageDefect defect = MessageDefect::none;
  std::string problem = {};                    ///< one clause; empty without a defect
  std::string kernel_says = {};                ///< its line about the defect; empty: it has none, or many
  bool is_of_data = false;                     ///< the signed content is of the type "data"
  std::vector<std::string> certificates = {};  ///< DER of those that came along
  std::vector<SignerInfo> signers = {};

  bool operator==(const SignedMessage&) const = default;
};

/// Reads a message in the order and with the leniency of the kernel, so that the first defect is the one that
/// the kernel meets; what stands behind the message is ignored.
/// Source: RFC 2315 section 9, RFC 5652 section 5; linux crypto/asymmetric_keys/pkcs7.asn1 and
/// pkcs7_parser.c.
SignedMessage read_signed_message(std::string_view der);

/// The stable names: "none", "damaged", "unsupported", "unknown_algorithm".
std::string_view name_of(MessageDefect defect);

}  // namespace kpkg::crypto
