// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <array>
#include <compare>
#include <memory>
#include <string>
#include <string_view>

namespace kpkg::crypto {

/// A SHA-256 digest.
struct Digest {
  std::array<unsigned char, 32> bytes{};

  /// Reads 64 hexadecimal digits of either case. Errors: invalid.
  static Result<Digest> parse(std::string_view hex);

  /// 64 lower-case hexadecimal digits.
  std::string hex() const;

  auto operator<=>(const Digest&) const = default;
};

/// Source: FIPS 180-4.
Digest sha256(std::string_view bytes);

/// A SHA-256 digest of bytes that come in pieces. Owns an OpenSSL context.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);

  /// The digest of everything given so far; the object is spent afterwards.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace kpkg::crypto
