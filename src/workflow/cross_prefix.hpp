// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/host.hpp"

#include <string>

namespace kpkg::workflow {

/// CROSS_COMPILE for kernels of `arch`, the kernel's word, on this machine; empty: its own compiler will do,
/// or none is known.
std::string cross_prefix(const system::Host& host, const std::string& arch);

}  // namespace kpkg::workflow
