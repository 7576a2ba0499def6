// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/certificate.hpp"

#include "crypto/der.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace kpkg::crypto {
namespace {

template <auto release>
struct Releaser {
  template <typename Object>
  void operator()(Object* object) const {
    release(object);
  }
};

using OwnedCertificate = std::unique_ptr<X509, Releaser<X509_free>>;
using OwnedContext = std::unique_ptr<EVP_PKEY_CTX, Releaser<EVP_PKEY_CTX_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const ASN1_STRING* value) {
  if (value == nullptr) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

/// The certificate at the start of `der`, if it fills it.
OwnedCertificate read_certificate(std::string_view der) {
  const auto* position = bytes_of(der);
  OwnedCertificate certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  ERR_clear_error();  // what OpenSSL remembers of it would grow with every candidate
  if (position != bytes_of(der) + der.size()) certificate.reset();
  return certificate;
}

/// The contents of an element that OpenSSL writes as DER.
template <typename Value, typename Write>
std::string contents_of(const Value* value, Write write) {
  unsigned char* buffer = nullptr;
  const int size = write(value, &buffer);
  if (size <= 0) return {};
  const std::string der(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size));
  OPENSSL_free(buffer);
  const auto element = DerReader(der).take();
  return element ? std::string(element->content) : std::string();
}

std::string common_name(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return {};
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
}

std::string type_of(const EVP_PKEY* key) {
  if (key == nullptr) return "unknown";
  const auto bits = " " + std::to_string(EVP_PKEY_get_bits(key));
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return "rsa" + bits;
    case EVP_PKEY_EC: return "ecdsa" + bits;
    default: return "unknown";
  }
}

}  // namespace

Result<Certificate> parse_certificate(std::string_view der) {
  const auto read = read_certificate(der);
  if (!read) return fail(ErrorKind::corrupt, "the bytes are no X.509 certificate");
  const X509* const each = read.get();
  return Certificate{.der = std::string(der),
                     .name = common_name(X509_get_subject_name(each)),
                     .issuer_name = common_name(X509_get_issuer_name(each)),
                     .issuer = contents_of(X509_get_issuer_name(each), i2d_X509_NAME),
                     .serial = contents_of(X509_get0_serialNumber(each), i2d_ASN1_INTEGER),
                     .key_id = text_of(X509_get0_subject_key_id(read.get())),
                     .key_type = type_of(X509_get0_pubkey(each))};
}

// Source: linux crypto/asymmetric_keys/asymmetric_type.c: an identifier is one run of bytes, the serial
// number and then the issuer, or the key identifier alone.
bool names(const SignerInfo& signer, const Certificate& certificate) {
  if (!signer.key_id.empty()) return signer.key_id == certificate.key_id;
  return !signer.issuer.empty() && signer.serial + signer.issuer == certificate.serial + certificate.issuer;
}

std::optional<std::string> digest_by(std::string_view algorithm, std::string_view bytes) {
  const EVP_MD* const digest = EVP_get_digestbyname(std::string(algorithm).c_str());
  if (digest == nullptr) return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), result.data(), &size, digest, nullptr);
  ERR_clear_error();
  if (done != 1) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(result.data()), size);
}

SignatureCheck check_signature(const SignerInfo& signer, std::string_view digest,
                               const Certificate& certificate) {
  const auto read = read_certificate(certificate.der);
  EVP_PKEY* const key = read ? X509_get0_pubkey(read.get()) : nullptr;
  const EVP_MD* const algorithm = EVP_get_digestbyname(signer.digest.c_str());
  if (key == nullptr || algorithm == nullptr || digest.empty()) return SignatureCheck::uncheckable;
  const auto type = type_of(key);
  if (type == "unknown") return SignatureCheck::uncheckable;
  if (!type.starts_with(signer.algorithm)) return SignatureCheck::bad;
  const OwnedContext context(EVP_PKEY_CTX_new(key, nullptr));
  bool ready = context != nullptr && EVP_PKEY_verify_init(context.get()) == 1;
  if (ready && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
    ready = EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1;
  ready = ready && EVP_PKEY_CTX_set_signature_md(context.get(), algorithm) == 1;
  const bool is_good =
      ready && EVP_PKEY_verify(context.get(), bytes_of(signer.signature), signer.signature.size(),
                               bytes_of(digest), digest.size()) == 1;
  ERR_clear_error();
  if (!ready) return SignatureCheck::uncheckable;
  return is_good ? SignatureCheck::good : SignatureCheck::bad;
}

}  // namespace kpkg::crypto
