// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// The same as owners_of_parameters, of a kernel's memory without sections.
///
/// The table is the longest run of records whose first word is the address of a name. Where the memory lies
/// is what most words and names with a dot agree on. Kernels of arm64 are relocated when they start, so their
/// words are in a table of relocations. Nothing: no such table is found. Pure, and linear in the size of the
/// image.
std::optional<std::vector<std::string>> owners_in_memory(std::string_view image,
                                                         const Architecture& architecture);

}  // namespace kpkg::elf
