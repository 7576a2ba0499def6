// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"
#include "abi/verdict.hpp"
#include "workflow/workspace.hpp"

#include <span>
#include <vector>

namespace kpkg::workflow {

/// Whether modules that are judged together are all loaded, one after the other as they stand; else one of
/// them may be loaded without the other.
enum class LoadOrder { any, given };

/// The verdicts on modules that are there together, and the `installed` ones too. Who is refused is no help
/// to those that need it. The kernel's BTF, which takes longer to read than all else, is only looked for
/// where a verdict or its explanation needs it, and is in `facts` afterwards.
std::vector<abi::Verdict> judge_together(const Workspace& workspace, abi::KernelFacts& facts,
                                         std::span<const abi::Fingerprint> modules,
                                         std::span<const abi::Fingerprint> installed, LoadOrder order);

}  // namespace kpkg::workflow
