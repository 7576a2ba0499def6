// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kpkg::test {

/// How a message is signed; by default as linux scripts/sign-file does it.
struct SigningOptions {
  std::string digest = "sha256";
  bool names_key_id = false;     ///< the signer by its key identifier instead of issuer and serial
  bool has_attributes = false;   ///< with signed attributes
  bool has_certificate = false;  ///< with the signer's certificate
  bool has_content = false;      ///< with the bytes themselves
};

/// A key and its self-signed certificate, made when the test runs. Owns OpenSSL's objects.
class SigningKey {
 public:
  SigningKey(std::string_view name, std::string_view type);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;

  /// DER.
  std::string certificate() const;

  /// The DER of a PKCS#7 message over `bytes`.
  std::string message(std::string_view bytes, const SigningOptions& options = {}) const;

  /// `bytes` with such a message, trailer and marker behind them.
  std::string sign(std::string_view bytes, const SigningOptions& options = {}) const;

 private:
  struct Objects;
  std::unique_ptr<Objects> objects_;
};

/// An elliptic key, which is made in no time.
SigningKey a_key(std::string_view name = "test key");
/// As distributions use them.
SigningKey an_rsa_key(std::string_view name = "test key");

/// `bytes` with `message` appended in the kernel's form.
std::string with_appended_message(std::string_view bytes, std::string_view message);

}  // namespace kpkg::test
