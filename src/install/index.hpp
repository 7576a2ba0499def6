// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/disk.hpp"
#include "install/plan.hpp"
#include "system/process.hpp"

#include <string_view>

namespace kpkg::install {

// Private to install/: the index of a kernel's modules, which depmod writes and modprobe reads.

/// Whether depmod writes a file of that name.
///
/// It replaces each by a rename of its own, so a reader sees each one whole, but not all of one run; and it
/// syncs nothing. Source: traced, kmod 30; kmod 33 adds modules.weakdep.
bool is_index_file(std::string_view name);

/// Whether the name is of a file that a depmod which was stopped left behind:
/// "modules.dep.29605.380052.1795225181".
bool is_index_leftover(std::string_view name);

/// Writes the index of the plan's kernel anew, on disk when this returns.
Status write_index(const Plan& plan, Disk& disk, system::Runner& runner);

/// Checks that modprobe finds the file of `step` under the name of its module, whatever modprobe.d says.
Status check_found(const Plan& plan, const Step& step, Disk& disk, system::Runner& runner);

/// Writes the kernel's initial RAM disk anew.
Status update_initramfs(const Plan& plan, system::Runner& runner);

}  // namespace kpkg::install
