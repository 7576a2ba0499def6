// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/program.hpp"

#include "elf/number.hpp"

namespace kpkg::elf {

std::optional<std::uint16_t> machine_of_program(std::string_view start) {
  constexpr std::string_view magic(
      "\x7f"
      "ELF");
  constexpr char big_endian = 2;
  if (start.size() < start_of_program || !start.starts_with(magic)) return std::nullopt;
  const auto order = start[5] == big_endian ? ByteOrder::big : ByteOrder::little;
  return static_cast<std::uint16_t>(number_at(start, 18, 2, order));
}

}  // namespace kpkg::elf
