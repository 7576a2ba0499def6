// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"
#include "elf/module_image.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// A symbol that modules of a kernel take from elsewhere.
struct Demand {
  std::string name = {};
  std::optional<std::uint32_t> crc = {};  ///< nothing: the modules carry no CRCs

  bool operator==(const Demand&) const = default;
};

/// What an unpacked kernel exports, in the order of its tables.
struct ImageExports {
  std::vector<ExportedSymbol> symbols;  ///< a name may come twice, as in 5.10; the first counts
  std::string method;                   ///< for people: how the tables were found

  bool operator==(const ImageExports&) const = default;
};

/// Reads the tables of exported symbols out of an unpacked kernel: an ELF file by its sections, memory
/// without sections by looking for the tables, for which `demands` must be names that the kernel exports (and
/// may have some that it does not). What is found is believed only if every CRC in it that modules demand
/// agrees with them.
///
/// Pure. Time and memory are linear in the size of `image`, whatever the bytes are. Errors: corrupt: there
/// are no such tables, or they disagree with the modules. Source: linux include/linux/export.h,
/// include/asm-generic/vmlinux.lds.h, of 4.9 to 7.2.
Result<ImageExports> image_exports(std::string_view image, const Architecture& architecture,
                                   std::span<const Demand> demands);

}  // namespace kpkg::elf
