// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kpkg::elf {

/// The unsigned number of `width` bytes (1 to 8) at `offset`, which the caller has checked to lie within
/// `bytes`.
std::uint64_t number_at(std::string_view bytes, std::uint64_t offset, unsigned width, ByteOrder order);

/// The same with the lowest byte first, as kpkg's own files have it.
inline std::uint64_t little_at(std::string_view bytes, std::uint64_t offset, unsigned width) {
  return number_at(bytes, offset, width, ByteOrder::little);
}

/// Appends the lowest `width` bytes (1 to 8) of the number, the lowest first.
void append_little(std::string& bytes, std::uint64_t number, unsigned width);

/// Bytes of an address on machines of this class.
constexpr unsigned word_size(ElfClass elf_class) {
  return elf_class == ElfClass::elf32 ? 4 : 8;
}

}  // namespace kpkg::elf
