// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/digest.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <charconv>

namespace kpkg::crypto {
namespace {

/// Looked up once: that takes OpenSSL 3 as long as the digest of a kilobyte. No configuration of a system
/// changes what SHA-256 is, and to read it takes as long as the digest of a megabyte.
const EVP_MD* algorithm() {
  static const bool is_ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1;
  static const EVP_MD* const found = is_ready ? EVP_MD_fetch(nullptr, "SHA256", nullptr) : nullptr;
  return found;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();

  Context() { KPKG_ASSERT(handle != nullptr && EVP_DigestInit_ex(handle, algorithm(), nullptr) == 1); }
  ~Context() { EVP_MD_CTX_free(handle); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  KPKG_ASSERT(EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest;
  KPKG_ASSERT(EVP_DigestFinal_ex(context_->handle, digest.bytes.data(), nullptr) == 1);
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string Digest::hex() const {
  return to_hex(bytes);
}

Result<Digest> Digest::parse(std::string_view hex) {
  Digest digest;
  if (hex.size() != 2 * digest.bytes.size())
    return fail(ErrorKind::invalid, "a SHA-256 digest has 64 hexadecimal digits");
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const char* first = hex.data() + 2 * i;
    if (std::from_chars(first, first + 2, digest.bytes[i], 16).ptr != first + 2)
      return fail(ErrorKind::invalid, "a SHA-256 digest has 64 hexadecimal digits");
  }
  return digest;
}

}  // namespace kpkg::crypto
