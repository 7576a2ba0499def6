// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/xz_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace kpkg::archive {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view header_magic = "\xFD\x37\x7A\x58\x5A\x00"sv;
constexpr std::string_view footer_magic = "YZ";
constexpr std::size_t size_of_both = 12;  // the header and the footer
constexpr std::size_t step = 4;           // every part of a stream is a multiple of this
constexpr std::size_t most_streams = 16;

/// The CRC-32 of a few bytes. Source: The .xz File Format 6, "Cyclic Redundancy Checks".
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::uint32_t word_at(std::string_view bytes, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t index = 4; index-- > 0;)
    word = (word << 8U) | static_cast<unsigned char>(bytes[offset + index]);
  return word;
}

std::string_view flags_of_header(std::string_view bytes) {
  return bytes.substr(header_magic.size(), 2);
}

bool is_header(std::string_view bytes) {
  return bytes.size() >= 2 * size_of_both && bytes.starts_with(header_magic) &&
         crc32(flags_of_header(bytes)) == word_at(bytes, header_magic.size() + 2);
}

/// Whether a footer begins at `place` of a stream with these flags: it says how long the index before it is,
/// and an index begins with a zero.
bool is_footer(std::string_view bytes, std::size_t place) {
  const auto footer = bytes.substr(place, size_of_both);
  if (footer.substr(10) != footer_magic || footer.substr(8, 2) != flags_of_header(bytes)) return false;
  if (crc32(footer.substr(4, 6)) != word_at(footer, 0)) return false;
  const auto index_size = (std::uint64_t{word_at(footer, 4)} + 1) * step;
  return index_size <= place - size_of_both && bytes[place - index_size] == '\0';
}

/// The stream that begins where `bytes` do; nothing: its end is not there.
std::optional<std::string_view> stream_at_start(std::string_view bytes) {
  for (auto place = size_of_both; place + size_of_both <= bytes.size(); place += step)
    if (is_footer(bytes, place)) return bytes.substr(0, place + size_of_both);
  return std::nullopt;
}

}  // namespace

std::vector<std::string_view> xz_streams(std::string_view bytes) {
  std::vector<std::string_view> streams;
  std::size_t looked_at = 0;
  auto start = bytes.find(header_magic);
  while (start != std::string_view::npos && looked_at < most_streams) {
    const bool is_candidate = is_header(bytes.substr(start));
    const auto stream = is_candidate ? stream_at_start(bytes.substr(start)) : std::nullopt;
    looked_at += is_candidate ? 1 : 0;
    if (stream) streams.push_back(*stream);
    start = bytes.find(header_magic, start + (stream ? stream->size() : 1));
  }
  return streams;
}

}  // namespace kpkg::archive
