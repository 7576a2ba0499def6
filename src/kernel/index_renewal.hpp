// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "system/root.hpp"

#include <functional>

namespace kpkg::kernel {

/// Lets `write` write the index of the kernel's modules anew, for modules that are not the kernel's own: what
/// was remembered of the kernel before is still true after. If anything else has changed, it is learned
/// again.
///
/// Errors: those of `write`.
Status renew_index(const system::Root& root, const Kernel& kernel, Memory& memory,
                   const std::function<Status()>& write);

}  // namespace kpkg::kernel
