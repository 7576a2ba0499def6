// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/symvers.hpp"
#include "base/result.hpp"
#include "elf/image_exports.hpp"
#include "system/root.hpp"

#include <string>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: what all modules of a kernel tell together.

/// The symbols that a kernel's own modules offer and demand.
struct ModuleScan {
  std::size_t modules = 0;                 ///< that were read
  std::vector<abi::KernelSymbol> exports;  ///< sorted by name and owner
  std::vector<elf::Demand> demands;  ///< sorted by name, each once; of two CRCs the one that more demand
  std::vector<std::string> torn;     ///< symbols that are demanded with two CRCs
  std::size_t unreadable = 0;        ///< modules that are damaged or may not be read
  std::string problem;               ///< of the first of them: its path and why

  bool operator==(const ModuleScan&) const = default;
};

/// Reads the symbols of every in-tree module below `module_directory`/kernel, on as many threads as there are
/// processors. The answer does not depend on their number.
///
/// Errors: permission, io: the directory cannot be read. A module that cannot be read is counted.
Result<ModuleScan> scan_modules(const system::Root& root, const std::string& module_directory);

}  // namespace kpkg::kernel
