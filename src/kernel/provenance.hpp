// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>

namespace kpkg::kernel {

// Private to kernel/: who built a kernel.

/// Whether the kernel refuses a module in whose __versions a symbol is missing; nothing: not known.
///
/// No file of a kernel shows that patch itself, so this asks who built it: Debian's kernel team patches
/// check_version() (5.10, 6.1, 6.12 and 7.x were tried), mainline only warns. Its signature is
/// "debian-kernel@lists.debian.org", in include/generated/compile.h of the tree and in the banner of the
/// image. Not os-release: machines with Debian run other people's kernels, and anybody may build mainline
/// with Debian's compiler.
Result<std::optional<bool>> refuses_missing_version(const system::Root& root, const Kernel& kernel);

}  // namespace kpkg::kernel
