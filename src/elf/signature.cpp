// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/facts.hpp"
#include "elf/number.hpp"

namespace kpkg::elf {
namespace {

constexpr std::string_view marker = "~Module signature appended~\n";
constexpr std::size_t trailer_size = 12;
constexpr std::uint8_t pkcs7 = 2;

}  // namespace

std::optional<SignatureTrailer> read_signature(std::string_view bytes) {
  // A file that is nothing but the marker is not signed. Source: linux kernel/module/signing.c.
  if (!bytes.ends_with(marker) || bytes.size() == marker.size()) return std::nullopt;
  bytes.remove_suffix(marker.size());
  SignatureTrailer signature;
  if (bytes.size() < trailer_size) return signature;
  const std::string_view trailer = bytes.substr(bytes.size() - trailer_size);
  const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(trailer[index]); };
  signature.algorithm = byte(0);
  signature.hash = byte(1);
  signature.id_type = byte(2);
  signature.signer_length = byte(3);
  signature.key_id_length = byte(4);
  signature.signature_size = number_at(trailer, 8, 4, ByteOrder::big);
  const bool rest_is_zero = signature.algorithm == 0 && signature.hash == 0 && signature.signer_length == 0 &&
                            signature.key_id_length == 0 && byte(5) == 0 && byte(6) == 0 && byte(7) == 0;
  const bool has_room =
      signature.signature_size > 0 && signature.signature_size < bytes.size() - trailer_size;
  signature.plausible = signature.id_type == pkcs7 && rest_is_zero && has_room;
  return signature;
}

std::string_view payload_of(std::string_view bytes, const std::optional<SignatureTrailer>& signature) {
  if (!signature || !signature->plausible) return bytes;
  return bytes.substr(0, bytes.size() - marker.size() - trailer_size - signature->signature_size);
}

}  // namespace kpkg::elf
