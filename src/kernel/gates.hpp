// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/gates.hpp"
#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <string>
#include <vector>

namespace kpkg::kernel {

/// Which facts of a machine belong to a kernel.
struct MachineFacts {
  bool runs_kernel = false;   ///< the kernel runs now: /proc and /sys tell of it
  bool boots_kernel = false;  ///< the root is this machine's own: its firmware's keys are those of the kernel

  bool operator==(const MachineFacts&) const = default;
};

/// What stands before a kernel's loader on this machine and in this root. For a kernel that does not run, how
/// it will be booted is not known, but for a lockdown by Secure Boot.
///
/// Errors: permission, io: a file of the root that is there cannot be read; those of /proc and /sys may be
/// for root alone and are then not known.
Result<abi::Gates> learn_gates(const system::Root& root, const Kernel& kernel,
                               const abi::SignaturePolicy& policy, MachineFacts machine);

/// The lines of modprobe.d that keep a module from being loaded.
/// Source: modprobe.d(5); a file hides those of its name in the directories after its own.
Result<std::vector<abi::ModprobeLine>> modprobe_lines(const system::Root& root);

/// The drivers inside the image, sorted by name, from modules.builtin and modules.builtin.modinfo.
Result<std::vector<abi::BuiltInModule>> built_in_modules(const system::Root& root,
                                                         const std::string& module_directory);

}  // namespace kpkg::kernel
