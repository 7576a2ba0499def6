// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "kernel/module_scan.hpp"
#include "kernel/unpacked_image.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: what a kernel exports, and who says so.

/// Symbols and doubts about them.
struct LearnedSymbols {
  std::optional<abi::KernelSymbols> symbols = {};  ///< nothing: no source has any
  std::vector<std::string> notes = {};

  bool operator==(const LearnedSymbols&) const = default;
};

/// The Module.symvers of a kernel as its own files tell it: what its image exports, believed only if every
/// CRC that its modules demand agrees, and what its modules export. Without a readable image only what
/// modules demand and export is known, and the table says that it is not complete.
LearnedSymbols recovered_symbols(const ModuleScan& modules, const Result<UnpackedImage>& image,
                                 const elf::Architecture& architecture);

/// Weighs what was recovered against the Module.symvers of the kernel's headers: the image is believed before
/// them, and they before modules alone, unless they disagree with the modules.
LearnedSymbols weighed_symbols(LearnedSymbols recovered, const ModuleScan& modules,
                               abi::KernelSymbols of_headers);

}  // namespace kpkg::kernel
