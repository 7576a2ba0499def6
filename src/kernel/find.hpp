// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/host.hpp"
#include "system/root.hpp"

#include <vector>

namespace kpkg::kernel {

/// The kernels of a root, newest first (compare_versions).
///
/// A kernel is a directory under /lib/modules or /usr/lib/modules, whatever is left in it: headers without an
/// image and leftovers of other tools are listed too and say so in their fields. A root without kernels is an
/// empty list.
/// Errors: permission, io: a directory cannot be read.
Result<std::vector<Kernel>> find_kernels(const system::Root& root, const system::Host& host);

}  // namespace kpkg::kernel
