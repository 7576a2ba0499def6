// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/architecture.hpp"

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

/// User mode comes first: its configurations set the option of the machine under it, too.
constexpr std::array<SourceArchitecture, 11> architectures = {{{62, "um", "CONFIG_UML", "x86"},
                                                               {62, "x86", "CONFIG_X86_64"},
                                                               {3, "x86", "CONFIG_X86_32"},
                                                               {183, "arm64", "CONFIG_ARM64", "arm"},
                                                               {40, "arm", "CONFIG_ARM"},
                                                               {243, "riscv", "CONFIG_RISCV"},
                                                               {22, "s390", "CONFIG_S390"},
                                                               {20, "powerpc", "CONFIG_PPC32"},
                                                               {21, "powerpc", "CONFIG_PPC64"},
                                                               {258, "loongarch", "CONFIG_LOONGARCH"},
                                                               {8, "mips", "CONFIG_MIPS"}}};

}  // namespace

const SourceArchitecture* architecture_of(const kernel::Configuration& configuration) {
  const auto* const found =
      std::find_if(architectures.begin(), architectures.end(),
                   [&](const auto& architecture) { return configuration.is_set(architecture.option); });
  return found == architectures.end() ? nullptr : found;
}

}  // namespace kpkg::tree
