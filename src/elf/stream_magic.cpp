// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/stream_magic.hpp"

#include <algorithm>
#include <array>

namespace kpkg::elf {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_starts = 4;

unsigned byte_at(std::string_view bytes, std::size_t offset) {
  return offset < bytes.size() ? static_cast<unsigned char>(bytes[offset]) : 0;
}

bool is_certain(std::string_view /*bytes*/) {
  return true;
}

/// Method deflate and no reserved flag.
bool is_gzip(std::string_view bytes) {
  return byte_at(bytes, 2) == 8 && (byte_at(bytes, 3) & 0xe0U) == 0;
}

bool is_bzip2(std::string_view bytes) {
  const unsigned level = byte_at(bytes, 3);
  return level >= '1' && level <= '9' && bytes.substr(4, 6) == "\x31\x41\x59\x26\x53\x59"sv;
}

/// A dictionary of a power of two, and a size that is unknown or below 256 MB.
bool is_lzma(std::string_view bytes) {
  if (bytes.size() < 14 || byte_at(bytes, 1) != 0 || byte_at(bytes, 2) != 0) return false;
  const unsigned dictionary = byte_at(bytes, 3) | byte_at(bytes, 4) << 8;
  const auto size = bytes.substr(5, 8);
  const bool is_power = dictionary != 0 && (dictionary & (dictionary - 1)) == 0;
  return is_power && (size == "\xff\xff\xff\xff\xff\xff\xff\xff"sv || size.substr(4) == "\0\0\0\0"sv);
}

struct Magic {
  std::string_view bytes;
  std::string_view name;
  bool (*is_plausible)(std::string_view bytes);
};
constexpr std::array magics{Magic{"\x1f\x8b"sv, "gzip"sv, is_gzip},
                            Magic{"BZh"sv, "bzip2"sv, is_bzip2},
                            Magic{"\xfd\x37\x7a\x58\x5a\x00"sv, "xz"sv, is_certain},
                            Magic{"\x5d\x00\x00"sv, "lzma"sv, is_lzma},
                            Magic{"\x28\xb5\x2f\xfd"sv, "zstd"sv, is_certain},
                            Magic{"\x02\x21\x4c\x18"sv, "lz4"sv, is_certain},
                            Magic{"\x04\x22\x4d\x18"sv, "lz4"sv, is_certain},
                            Magic{"\x89\x4c\x5a\x4f\x00\x0d\x0a\x1a\x0a"sv, "lzo"sv, is_certain}};

}  // namespace

std::string_view stream_magic(std::string_view bytes) {
  const auto* found = std::find_if(magics.begin(), magics.end(), [&](const Magic& magic) {
    return bytes.starts_with(magic.bytes) && magic.is_plausible(bytes);
  });
  return found == magics.end() ? "unknown"sv : found->name;
}

std::vector<std::size_t> stream_starts(std::string_view bytes) {
  std::array<bool, 256> begins{};
  for (const Magic& magic : magics) begins[static_cast<unsigned char>(magic.bytes.front())] = true;
  std::vector<std::size_t> starts;
  for (std::size_t offset = 0; offset < bytes.size() && starts.size() < most_starts; ++offset) {
    if (!begins[static_cast<unsigned char>(bytes[offset])]) continue;
    if (stream_magic(bytes.substr(offset)) != "unknown") starts.push_back(offset);
  }
  return starts;
}

}  // namespace kpkg::elf
