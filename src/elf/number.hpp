// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <cstdint>
#include <string_view>

namespace kpkg::elf {

/// The unsigned number of `width` bytes (1 to 8) at `offset`, which the caller has checked to lie within
/// `bytes`.
std::uint64_t number_at(std::string_view bytes, std::uint64_t offset, unsigned width, ByteOrder order);

/// Bytes of an address on machines of this class.
constexpr unsigned word_size(ElfClass elf_class) {
  return elf_class == ElfClass::elf32 ? 4 : 8;
}

}  // namespace kpkg::elf
