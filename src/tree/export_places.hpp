// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// Exported symbols to the files of a source that export them, relative to it and sorted: several may, of
/// which a configuration takes one (memory.c and nommu.c).
using ExportPlaces = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The symbols that a file in C exports by name, each once, in its order. A name that a macro puts together
/// is not seen. Source: linux include/linux/export.h, EXPORT_SYMBOL and its relatives.
std::vector<std::string> exported_names(std::string_view text);

/// Looks through all files in C of a kernel's source that may be built for arch/`arch_directory`. Reads 0.6
/// GB.
///
/// Errors: permission, io.
Result<ExportPlaces> find_exports(const std::string& source, std::string_view arch_directory);

}  // namespace kpkg::tree
