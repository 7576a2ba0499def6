// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"
#include "abi/verdict.hpp"

#include <span>

namespace kpkg::abi {

/// Judges whether `kernel` would load `module` while `companions` (modules installed or being installed with
/// it) are there too.
///
/// Every reason is reported, not only the one at which the kernel would stop. What cannot be checked, because
/// a fact of the kernel is not known, is a finding of its own and makes the decision `unknown` unless
/// something worse is certain. That an out-of-tree module taints the kernel with O is not a finding: it is so
/// of everything that kpkg builds.
Verdict judge(const Fingerprint& module, const KernelFacts& kernel, std::span<const Fingerprint> companions);

}  // namespace kpkg::abi
