// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/plan.hpp"
#include "workflow/session.hpp"

#include <vector>

namespace kpkg::workflow {

/// Private to workflow/: carries out plans for one kernel, all or nothing; true if a file changed.
///
/// Errors: install_failed: it failed and was undone; conflict: a file was changed meanwhile, or two plans
/// have one in common.
Result<bool> apply_plans(const Workspace& workspace, Session& session,
                         const std::vector<install::Plan>& plans);

}  // namespace kpkg::workflow
