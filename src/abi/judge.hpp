// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"
#include "abi/verdict.hpp"

#include <span>

namespace kpkg::abi {

/// The modules beside the one that is judged. One of the same name may be among them: it is never loaded
/// together with the judged one.
struct Company {
  std::span<const Fingerprint> others = {};   ///< installed, or installed with it: what they export counts
  std::span<const Fingerprint> before = {};   ///< those of the others that are loaded before it in any case
  std::span<const Fingerprint> refused = {};  ///< not among the others: the kernel takes none of these
};

/// Judges whether `kernel` would load `module` in this company.
///
/// Every reason is reported, not only the one at which the kernel would stop. What cannot be checked, because
/// a fact of the kernel is not known, is a finding of its own and makes the decision `unknown` unless
/// something worse is certain. That an out-of-tree module taints the kernel with O is not a finding: it is so
/// of everything that kpkg builds.
Verdict judge(const Fingerprint& module, const KernelFacts& kernel, const Company& company);

}  // namespace kpkg::abi
