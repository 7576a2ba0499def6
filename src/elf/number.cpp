// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/number.hpp"

#include "base/assert.hpp"
#include "elf/damage.hpp"

#include <bit>
#include <cstring>

namespace kpkg::elf {

std::uint64_t number_at(std::string_view bytes, std::uint64_t offset, unsigned width, ByteOrder order) {
  KPKG_ASSERT(width <= 8 && fits(offset, width, bytes.size()));
  if (width == 8 && order == ByteOrder::little && std::endian::native == std::endian::little) {
    std::uint64_t word = 0;  // nearly all that is read, and there is much of it
    std::memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
  }
  std::uint64_t value = 0;
  for (unsigned step = 0; step < width; ++step) {
    const unsigned index = order == ByteOrder::little ? width - 1 - step : step;
    value = value << 8 | static_cast<unsigned char>(bytes[offset + index]);
  }
  return value;
}

void append_little(std::string& bytes, std::uint64_t number, unsigned width) {
  KPKG_ASSERT(width <= 8);
  for (unsigned index = 0; index < width; ++index) bytes += static_cast<char>(number >> (8 * index) & 0xff);
}

}  // namespace kpkg::elf
