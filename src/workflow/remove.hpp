// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/load.hpp"
#include "workflow/install.hpp"

#include <string>
#include <vector>

namespace kpkg::workflow {

/// Whether the recipe is to come back with the next kernel.
enum class Forget {
  no,   ///< a kernel goes away; the recipe is still wanted on others
  yes,  ///< the person does not want the recipe any more
};

struct RemoveRequest {
  std::vector<std::string> recipes;  ///< names; empty: every installed recipe
  std::vector<std::string> kernels;  ///< releases; empty: every kernel that has it
  Load load = Load::yes;             ///< whether modules may be unloaded
  DryRun dry_run = DryRun::no;
  Forget forget = Forget::yes;
  Agreement agrees;
};

struct RemoveOutcome {
  std::vector<install::Plan> plans;
  std::vector<install::UnloadReport> unloads;
  std::vector<std::string> gone_kernels;  ///< of which only records were left
  bool changed = false;
  bool declined = false;
};

/// Unloads if that is safe, removes the files and forgets.
///
/// Errors: not_found: a recipe that is not installed; install_failed: it could not be removed and was put
/// back.
Result<RemoveOutcome> remove(const Workspace& workspace, Session& session, const RemoveRequest& request);

}  // namespace kpkg::workflow
