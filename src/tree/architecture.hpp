// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"
#include "kernel/configuration.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What the sources of the kernel call a machine.
struct SourceArchitecture {
  std::uint16_t machine = 0;   ///< e_machine
  std::string_view directory;  ///< below arch/, and what make takes as ARCH: "x86"
  std::string_view option;     ///< the option that every configuration for it sets: "CONFIG_X86_64"
  std::string_view further_headers = {};  ///< another directory below arch/ whose headers it includes

  bool operator==(const SourceArchitecture&) const = default;
};

/// The machine that a configuration is for; nullptr: none that is known.
/// Source: linux arch/*/Kconfig; include/uapi/linux/elf-em.h.
const SourceArchitecture* architecture_of(const kernel::Configuration& configuration);

}  // namespace kpkg::tree
