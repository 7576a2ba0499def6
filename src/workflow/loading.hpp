// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/load.hpp"
#include "install/wish.hpp"
#include "workflow/session.hpp"

namespace kpkg::workflow {

/// Private to workflow/: loads one module of a wish on the running kernel and remembers how that went.
Result<install::LoadReport> load_module(const Workspace& workspace, Session& session,
                                        const install::Wish& wish, const install::WantedModule& module);

}  // namespace kpkg::workflow
