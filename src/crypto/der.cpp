// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/der.hpp"

namespace kpkg::crypto {
namespace {

constexpr std::uint8_t constructed = 0x20;
constexpr std::uint8_t long_tag = 0x1f;  // in the low five bits: the tag goes on in the next bytes
constexpr std::uint8_t most_length_bytes = 2;

std::uint8_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

}  // namespace

std::optional<DerElement> DerReader::take() {
  if (rest_.size() < 2) return std::nullopt;
  const auto tag = byte_at(rest_, 0);
  if ((tag & long_tag) == long_tag) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = byte_at(rest_, 1);
  if (length > 0x7f) {
    const std::size_t count = length - 0x80;
    if (count == 0 || count > most_length_bytes || rest_.size() < header + count) return std::nullopt;
    length = 0;
    for (std::size_t index = 0; index < count; ++index) length = length << 8 | byte_at(rest_, header + index);
    header += count;
  }
  if (length > rest_.size() - header) return std::nullopt;
  const DerElement element{
      .tag = tag, .content = rest_.substr(header, length), .whole = rest_.substr(0, header + length)};
  rest_.remove_prefix(header + length);
  return element;
}

bool DerReader::is_next(Tag tag) const {
  if (rest_.empty()) return false;
  const auto wanted = static_cast<std::uint8_t>(tag);
  const auto differing = static_cast<std::uint8_t>(byte_at(rest_, 0) ^ wanted);
  return (differing & ~(wanted & constructed)) == 0;
}

std::optional<DerElement> DerReader::take(Tag tag) {
  return is_next(tag) ? take() : std::nullopt;
}

}  // namespace kpkg::crypto
