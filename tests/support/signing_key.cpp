// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/signing_key.hpp"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace kpkg::test {

struct SigningKey::Objects {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;

  Objects() = default;
  ~Objects() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Objects(const Objects&) = delete;
  Objects& operator=(const Objects&) = delete;
};

namespace {

void need(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

std::string der_of(int (*write)(const X509*, unsigned char**), const X509* certificate) {
  unsigned char* buffer = nullptr;
  const int size = write(certificate, &buffer);
  need(size > 0, "DER of a certificate");
  std::string der(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size));
  OPENSSL_free(buffer);
  return der;
}

X509* self_signed(EVP_PKEY* key, std::string_view name) {
  static long serial = 0x0100;  // two bytes, the first of them not 0
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_set_pubkey(certificate, key);
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const key_id = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash");
  X509_add_ext(certificate, key_id, -1);
  X509_EXTENSION_free(key_id);
  need(X509_sign(certificate, key, EVP_sha256()) > 0, "a certificate");
  return certificate;
}

}  // namespace

SigningKey::SigningKey(std::string_view name, std::string_view type) : objects_(std::make_unique<Objects>()) {
  objects_->key = type == "rsa" ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
  need(objects_->key != nullptr, "a key");
  objects_->certificate = self_signed(objects_->key, name);
}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;

std::string SigningKey::certificate() const {
  return der_of(i2d_X509, objects_->certificate);
}

std::string SigningKey::message(std::string_view bytes, const SigningOptions& options) const {
  const unsigned common = CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP;
  const unsigned certificates = options.has_certificate ? 0 : CMS_NOCERTS;
  const unsigned content = options.has_content ? 0 : CMS_DETACHED;
  BIO* const input = BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()));
  CMS_ContentInfo* const message =
      CMS_sign(nullptr, nullptr, nullptr, nullptr, common | certificates | content);
  const unsigned signer = common | certificates | (options.names_key_id ? CMS_USE_KEYID : 0U) |
                          (options.has_attributes ? 0U : CMS_NOATTR);
  need(CMS_add1_signer(message, objects_->certificate, objects_->key,
                       EVP_get_digestbyname(options.digest.c_str()), signer) != nullptr,
       "a signer");
  need(CMS_final(message, input, nullptr, common | content) == 1, "a message");
  unsigned char* buffer = nullptr;
  const int size = i2d_CMS_ContentInfo(message, &buffer);
  need(size > 0, "DER of a message");
  std::string der(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size));
  OPENSSL_free(buffer);
  CMS_ContentInfo_free(message);
  BIO_free(input);
  return der;
}

std::string SigningKey::sign(std::string_view bytes, const SigningOptions& options) const {
  return with_appended_message(bytes, message(bytes, options));
}

SigningKey a_key(std::string_view name) {
  return {name, "ec"};
}

SigningKey an_rsa_key(std::string_view name) {
  return {name, "rsa"};
}

std::string with_appended_message(std::string_view bytes, std::string_view message) {
  std::string trailer(12, '\0');
  trailer[2] = 2;  // PKCS#7
  for (std::size_t index = 0; index < 4; ++index)
    trailer[8 + index] = static_cast<char>(message.size() >> (24 - 8 * index));
  return std::string(bytes) + std::string(message) + trailer + "~Module signature appended~\n";
}

}  // namespace kpkg::test
