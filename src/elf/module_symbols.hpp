// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/byte_source.hpp"
#include "elf/image_exports.hpp"
#include "elf/module_image.hpp"

#include <vector>

namespace kpkg::elf {

/// What a module tells about the symbols of its kernel.
struct ModuleSymbols {
  Architecture architecture = {};
  bool is_intree = false;               ///< it says that it was built with the kernel
  std::vector<Demand> demands = {};     ///< with their CRCs; names alone if it has no table of versions
  std::vector<ExportedSymbol> exports;  ///< in the order of its tables

  bool operator==(const ModuleSymbols&) const = default;
};

/// Reads only that from a module, and of its file only the sections that it is in: of thousands of modules
/// that takes a second where read_module, which checks everything, takes a minute.
///
/// Errors: corrupt, as read_module, but not for damage outside these sections; those of the source.
Result<ModuleSymbols> read_module_symbols(ByteSource& source);

}  // namespace kpkg::elf
