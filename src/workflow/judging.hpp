// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/verdict.hpp"
#include "workflow/targets.hpp"

#include <span>

namespace kpkg::workflow {

/// The verdict on a module among those that are there too. The kernel's BTF, which takes longer to read than
/// all else, is only looked for where the verdict or its explanation needs it.
abi::Verdict judge(const Workspace& workspace, const Target& target, const abi::Fingerprint& module,
                   std::span<const abi::Fingerprint> companions);

}  // namespace kpkg::workflow
