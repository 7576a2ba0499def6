// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/signed_message.hpp"

#include "crypto/algorithms.hpp"
#include "crypto/certificate.hpp"
#include "crypto/der.hpp"

#include <utility>

namespace kpkg::crypto {
namespace {

/// Reads one message; stops at the first defect. Every step answers whether to go on. A value that ends where
/// an element is due is no defect by itself: the kernel's decoder skips what is missing, and what was noted
/// so far decides.
class MessageReader {
 public:
  SignedMessage read(std::string_view der) {
    if (read_outside(der) && message_.signers.empty()) fail(MessageDefect::unsupported, "it has no signer");
    if (is_sound() && has_own_content_)
      fail(MessageDefect::damaged, "it has content of its own", "PKCS#7 signature with non-detached data");
    return std::move(message_);
  }

 private:
  bool read_outside(std::string_view der);
  bool read_signed_data(std::string_view bytes);
  bool read_version(DerReader& reader);
  bool read_content(DerReader& reader);
  bool read_certificates(DerReader& reader);
  bool read_signers(DerReader& reader);
  bool read_signer(std::string_view bytes);
  bool read_signer_version(DerReader& reader);
  bool read_signer_name(DerReader& reader, SignerInfo& signer);
  bool read_name(std::string_view name, SignerInfo& signer);
  bool read_rest_of_signer(DerReader& reader, SignerInfo& signer);

  /// The identifier in an AlgorithmIdentifier; empty if it is absent.
  std::string_view read_algorithm(DerReader& reader, std::string_view what);

  bool fail(MessageDefect defect, std::string problem, std::string kernel_says = {}) {
    message_.defect = defect;
    message_.problem = std::move(problem);
    message_.kernel_says = std::move(kernel_says);
    return false;
  }
  bool damaged(std::string_view what) {
    return fail(MessageDefect::damaged, "its " + std::string(what) + " is damaged");
  }

  /// The next element if it has this tag. Nothing at the end of `reader`; of another tag, the message is
  /// damaged.
  std::optional<DerElement> next(DerReader& reader, Tag tag, std::string_view what) {
    if (reader.at_end()) return std::nullopt;
    auto element = reader.take(tag);
    if (!element) damaged(what);
    return element;
  }
  bool is_sound() const { return message_.defect == MessageDefect::none; }
  bool ends(const DerReader& reader, std::string_view what) {
    return is_sound() && (reader.at_end() || damaged(what));
  }

  SignedMessage message_;
  int version_ = 0;
  bool expects_key_id_ = false;
  bool has_own_content_ = false;
};

bool MessageReader::read_outside(std::string_view der) {
  DerReader top(der);
  const auto outer = top.take(Tag::sequence);
  if (!outer) return damaged("outermost element");
  DerReader reader(outer->content);
  const auto type = next(reader, Tag::object_identifier, "type");
  if (!is_sound()) return false;
  if (!type || type->content != signed_data_identifier)
    return fail(MessageDefect::unsupported, "it is no signed data",
                "PKCS7: Only support pkcs7_signedData type");
  const auto content = next(reader, Tag::context_0, "content");
  if (!ends(reader, "end")) return false;
  if (!content) return true;
  DerReader inside(content->content);
  const auto data = next(inside, Tag::sequence, "signed data");
  if (data && !read_signed_data(data->content)) return false;
  return ends(inside, "content");
}

bool MessageReader::read_signed_data(std::string_view bytes) {
  DerReader reader(bytes);
  if (!read_version(reader)) return false;
  if (!reader.at_end()) {  // the list of digest algorithms: the kernel looks at those of the signers
    if (!reader.take(reader.is_next(Tag::set) ? Tag::set : Tag::sequence))
      return damaged("list of digest algorithms");
  }
  return read_content(reader) && read_certificates(reader) && read_signers(reader) &&
         ends(reader, "signed data");
}

bool MessageReader::read_version(DerReader& reader) {
  const auto version = next(reader, Tag::integer, "version");
  if (!version) return is_sound();
  version_ = version->content.size() == 1 ? version->content.front() : 0;
  if (version_ == 1 || version_ == 3) return true;
  return fail(MessageDefect::unsupported, "it has a version other than 1 and 3");
}

bool MessageReader::read_content(DerReader& reader) {
  const auto info = next(reader, Tag::sequence, "content type");
  if (!info) return is_sound();
  DerReader inside(info->content);
  const auto type = next(inside, Tag::object_identifier, "content type");
  if (!is_sound()) return false;
  const auto content = next(inside, Tag::context_0, "content");
  if (!ends(inside, "content type")) return false;
  message_.is_of_data = type && type->content == data_identifier;
  if (!message_.is_of_data && !(type && type->content == indirect_data_identifier))
    return fail(MessageDefect::unsupported, "what it signs is neither data nor Authenticode");
  has_own_content_ = content && !content->content.empty();
  return true;
}

bool MessageReader::read_certificates(DerReader& reader) {
  auto list = reader.take(Tag::context_0);
  if (!list) list = reader.take(Tag::context_2);
  if (list) {
    DerReader inside(list->content);
    while (!inside.at_end()) {
      const auto certificate = inside.take();
      if (!certificate || !parse_certificate(certificate->whole)) return damaged("list of certificates");
      message_.certificates.emplace_back(certificate->whole);
    }
  }
  if (!reader.take(Tag::context_1)) (void)reader.take(Tag::context_3);  // revocation lists are not looked at
  return true;
}

bool MessageReader::read_signers(DerReader& reader) {
  if (reader.at_end()) return true;
  const auto list = reader.take(reader.is_next(Tag::set) ? Tag::set : Tag::sequence);
  if (!list) return damaged("list of signers");
  DerReader inside(list->content);
  while (!inside.at_end()) {
    const auto signer = inside.take(Tag::sequence);
    if (!signer) return damaged("list of signers");
    if (!read_signer(signer->content)) return false;
  }
  return true;
}

bool MessageReader::read_signer_version(DerReader& reader) {
  const auto version = next(reader, Tag::integer, "signer's version");
  if (!version) return is_sound();
  const int number = version->content.size() == 1 ? version->content.front() : 0;
  if (number != 1 && number != 3)
    return fail(MessageDefect::unsupported, "its signer has a version other than 1 and 3");
  if ((number == 1) != (version_ == 1)) return damaged("pair of versions");
  expects_key_id_ = number == 3;
  return true;
}

bool MessageReader::read_signer(std::string_view bytes) {
  DerReader reader(bytes);
  SignerInfo signer;
  if (!read_signer_version(reader) || !read_signer_name(reader, signer)) return false;
  if (!read_rest_of_signer(reader, signer)) return false;
  if (expects_key_id_) {
    signer.issuer.clear();
    signer.serial.clear();
  } else {
    signer.key_id.clear();
  }
  message_.signers.push_back(std::move(signer));
  return true;
}

bool MessageReader::read_signer_name(DerReader& reader, SignerInfo& signer) {
  if (reader.at_end()) return true;
  if (const auto key_id = reader.take(Tag::context_0_primitive)) {
    signer.key_id = key_id->content;
    return true;
  }
  const auto pair = reader.take(Tag::sequence);
  if (!pair) return damaged("signer's name");
  DerReader inside(pair->content);
  const auto name = next(inside, Tag::sequence, "issuer");
  if (name && !read_name(name->content, signer)) return false;
  const auto serial = next(inside, Tag::integer, "serial number");
  if (name) signer.issuer = name->content;
  if (serial) signer.serial = serial->content;
  return ends(inside, "signer's name");
}

/// A sequence of sets of pairs of an identifier and a value.
bool MessageReader::read_name(std::string_view name, SignerInfo& signer) {
  DerReader parts(name);
  while (!parts.at_end()) {
    const auto part = next(parts, Tag::set, "issuer");
    if (!part) return false;
    DerReader pairs(part->content);
    while (!pairs.at_end()) {
      const auto pair = next(pairs, Tag::sequence, "issuer");
      if (!pair) return false;
      DerReader inside(pair->content);
      const auto type = next(inside, Tag::object_identifier, "issuer");
      const auto value = inside.take();
      if (!ends(inside, "issuer")) return false;
      if (type && value && type->content == common_name_identifier) signer.issuer_name = value->content;
    }
  }
  return true;
}

std::string_view MessageReader::read_algorithm(DerReader& reader, std::string_view what) {
  const auto algorithm = next(reader, Tag::sequence, what);
  if (!algorithm) return {};
  DerReader inside(algorithm->content);
  const auto identifier = next(inside, Tag::object_identifier, what);
  if (!inside.at_end()) (void)inside.take();  // parameters
  if (!ends(inside, what) || !identifier) return {};
  return identifier->content;
}

bool MessageReader::read_rest_of_signer(DerReader& reader, SignerInfo& signer) {
  const auto digest = read_algorithm(reader, "digest algorithm");
  if (!is_sound()) return false;
  signer.digest = digest_named_by(digest);
  if (signer.digest.empty())
    return fail(MessageDefect::unknown_algorithm, "its digest algorithm " + dotted(digest) + " is unknown");
  signer.has_attributes = reader.take(Tag::context_0).has_value() || reader.take(Tag::context_2).has_value();
  const auto algorithm = read_algorithm(reader, "signature algorithm");
  if (!is_sound()) return false;
  signer.algorithm = algorithm_named_by(algorithm);
  if (signer.algorithm.empty()) {
    return fail(MessageDefect::unknown_algorithm,
                "its signature algorithm " + dotted(algorithm) + " is unknown");
  }
  const auto signature = next(reader, Tag::octet_string, "signature");
  if (signature) signer.signature = signature->content;
  if (!reader.take(Tag::context_1)) (void)reader.take(Tag::context_3);  // attributes that are not signed
  return ends(reader, "signer");
}

}  // namespace

SignedMessage read_signed_message(std::string_view der) {
  return MessageReader().read(der);
}

std::string_view name_of(MessageDefect defect) {
  switch (defect) {
    case MessageDefect::none: return "none";
    case MessageDefect::damaged: return "damaged";
    case MessageDefect::unsupported: return "unsupported";
    case MessageDefect::unknown_algorithm: return "unknown_algorithm";
  }
  return "none";
}

}  // namespace kpkg::crypto
