// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>

namespace kpkg::kernel {

/// The BTF of the kernel that runs; nothing: it has none.
/// Errors: permission, io.
Result<std::optional<std::string>> running_types(const system::Root& root);

/// The BTF of a kernel whose machine has this byte order: what it says while it runs, else what its image
/// has; nothing: it has none, or its image cannot be unpacked.
///
/// Errors: permission, io.
Result<std::optional<std::string>> read_types(const system::Root& root, const Kernel& kernel,
                                              elf::ByteOrder order);

}  // namespace kpkg::kernel
