// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kpkg::elf {

/// So many bytes of a file tell for which machine it is a program.
inline constexpr std::size_t start_of_program = 20;

/// e_machine of the program that begins with `start`; nothing: it is no ELF file, as a script is none.
/// Source: ELF gABI, "ELF Header".
std::optional<std::uint16_t> machine_of_program(std::string_view start);

}  // namespace kpkg::elf
