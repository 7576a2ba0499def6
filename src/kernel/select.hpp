// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/host.hpp"

#include <span>
#include <string>
#include <vector>

namespace kpkg::kernel {

/// Kernels to work on, and why these.
struct Choice {
  std::vector<Kernel> kernels;
  std::string reason;  ///< "6.1.0-56-amd64: the newest in this root; the running kernel 6.6.12 has no modules
                       ///< here"

  bool operator==(const Choice&) const = default;
};

/// What a command works on when no kernel is named: the running kernel, else the newest that has modules,
/// else the newest that has headers. `kernels` is as find_kernels gives it: newest first.
///
/// Errors: not_found: there is no kernel with modules or headers.
Result<Choice> default_kernels(std::span<const Kernel> kernels, const system::Host& host);

/// The kernels that -k names, in the order in which they are named, each once: a release, `running`, `newest`
/// (as default_kernels has it) or `all` (all that have modules or headers).
///
/// Errors: not_found: no such kernel; the hint has the nearest release and the list.
Result<std::vector<Kernel>> select(std::span<const Kernel> kernels, std::span<const std::string> names);

}  // namespace kpkg::kernel
