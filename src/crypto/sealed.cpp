// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/sealed.hpp"

#include "crypto/digest.hpp"

namespace kpkg::crypto {
namespace {

static_assert(seal_size == sizeof(Digest::bytes));

std::string seal_of(std::string_view bytes) {
  const auto digest = sha256(bytes);
  return {digest.bytes.begin(), digest.bytes.end()};
}

}  // namespace

std::string sealed(std::string bytes) {
  bytes += seal_of(bytes);
  return bytes;
}

std::optional<std::string_view> unsealed(std::string_view bytes) {
  if (bytes.size() < seal_size) return std::nullopt;
  const auto covered = bytes.substr(0, bytes.size() - seal_size);
  return bytes.substr(covered.size()) == seal_of(covered) ? std::optional(covered) : std::nullopt;
}

}  // namespace kpkg::crypto
