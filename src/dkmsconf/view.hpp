// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsconf/question.hpp"
#include "system/root.hpp"
#include "system/sandbox.hpp"

namespace kpkg::dkmsconf {

// Private to dkmsconf/.

/// What bash sees while it reads the files of a question: these, and what they may read, all under their own
/// names and read-only. What is absent is left out.
///
/// Errors: permission, io.
Result<system::SandboxView> view_of(const Question& question, const system::Root& root,
                                    system::SandboxStrength strength);

}  // namespace kpkg::dkmsconf
