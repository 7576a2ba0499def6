// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/algorithms.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kpkg::crypto {
namespace {

struct Row {
  std::string_view dotted;
  std::string_view name;
};

// Source: linux include/linux/oid_registry.h; the digests that some release took: md4 and md5 until 6.6, sm3
// since 5.19, sha3 since 6.7.
constexpr std::array digests{Row{"1.2.840.113549.2.4", "md4"},
                             Row{"1.2.840.113549.2.5", "md5"},
                             Row{"1.3.14.3.2.26", "sha1"},
                             Row{"2.16.840.1.101.3.4.2.1", "sha256"},
                             Row{"2.16.840.1.101.3.4.2.2", "sha384"},
                             Row{"2.16.840.1.101.3.4.2.3", "sha512"},
                             Row{"2.16.840.1.101.3.4.2.4", "sha224"},
                             Row{"2.16.840.1.101.3.4.2.8", "sha3-256"},
                             Row{"2.16.840.1.101.3.4.2.9", "sha3-384"},
                             Row{"2.16.840.1.101.3.4.2.10", "sha3-512"},
                             Row{"1.2.156.10197.1.401", "sm3"},
                             Row{"1.2.643.7.1.1.2.2", "streebog256"},
                             Row{"1.2.643.7.1.1.2.3", "streebog512"}};

constexpr std::array algorithms{
    Row{"1.2.840.113549.1.1.1", "rsa"},        Row{"1.2.840.10045.4.1", "ecdsa"},
    Row{"1.2.840.10045.4.3.1", "ecdsa"},       Row{"1.2.840.10045.4.3.2", "ecdsa"},
    Row{"1.2.840.10045.4.3.3", "ecdsa"},       Row{"1.2.840.10045.4.3.4", "ecdsa"},
    Row{"2.16.840.1.101.3.4.3.10", "ecdsa"},   Row{"2.16.840.1.101.3.4.3.11", "ecdsa"},
    Row{"2.16.840.1.101.3.4.3.12", "ecdsa"},   Row{"1.2.156.10197.1.501", "sm2"},
    Row{"1.2.643.7.1.1.1.1", "ecrdsa"},        Row{"1.2.643.7.1.1.1.2", "ecrdsa"},
    Row{"2.16.840.1.101.3.4.3.17", "mldsa44"}, Row{"2.16.840.1.101.3.4.3.18", "mldsa65"},
    Row{"2.16.840.1.101.3.4.3.19", "mldsa87"}};

template <std::size_t count>
std::string_view name_in(const std::array<Row, count>& rows, std::string_view identifier) {
  const auto wanted = dotted(identifier);
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.dotted == wanted; });
  return found == rows.end() ? std::string_view() : found->name;
}

}  // namespace

// Source: ITU-T X.690, 8.19: base 128; the first number holds two.
std::string dotted(std::string_view identifier) {
  std::string text;
  std::uint64_t number = 0;
  for (const char each : identifier) {
    const auto byte = static_cast<std::uint8_t>(each);
    number = number << 7 | (byte & 0x7fU);
    if ((byte & 0x80U) != 0) continue;
    if (text.empty()) {
      const std::uint64_t first = std::min<std::uint64_t>(number / 40, 2);
      text = std::to_string(first);
      number -= first * 40;
    }
    text += "." + std::to_string(number);
    number = 0;
  }
  return text;
}

std::string_view digest_named_by(std::string_view identifier) {
  return name_in(digests, identifier);
}

std::string_view algorithm_named_by(std::string_view identifier) {
  return name_in(algorithms, identifier);
}

}  // namespace kpkg::crypto
