// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_identity.hpp"
#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: which kernel it is.

/// What the kernel that runs says of itself; it is of the machine, not of a root.
struct RunningKernel {
  std::optional<std::string> banner;    ///< of /proc/version, without "Linux version "
  std::optional<std::string> build_id;  ///< hexadecimal, of /sys/kernel/notes

  bool operator==(const RunningKernel&) const = default;
};

/// Errors: permission, io.
Result<RunningKernel> ask_running_kernel(const system::Root& root);

/// Whether the file of this identity is the kernel that runs: by build id, else by banner; nothing: neither
/// is known of both.
std::optional<bool> is_same_kernel(const abi::KernelIdentity& file, const RunningKernel& running);

/// The build id among ELF notes in the byte order of this machine, hexadecimal.
/// Source: elf(5), Notes; the owner is "GNU", the type 3.
std::optional<std::string> build_id_in(std::string_view notes);

/// The compiler in a banner: "gcc-12 (Debian 12.2.0-14) 12.2.0" of "… (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU
/// ld …) #1 …"; nothing: this banner does not say.
std::optional<std::string> compiler_in(std::string_view banner);

}  // namespace kpkg::kernel
