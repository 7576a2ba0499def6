// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/type_comparison.hpp"
#include "elf/btf.hpp"

#include <string>

namespace kpkg::abi {

/// What differs first in a type, by its members: "dma_iommu is missing", "lock is at byte 24 instead of 16".
/// Empty if either BTF does not have the type.
std::string explain_difference(const TypeDifference& difference, const elf::Btf& module,
                               const elf::Btf& kernel);

}  // namespace kpkg::abi
