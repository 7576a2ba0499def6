// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/recipes.hpp"
#include "workflow/doctor_rules.hpp"
#include "workflow/rebuild.hpp"
#include "workflow/status.hpp"

#include <span>
#include <vector>

namespace kpkg::workflow {

// Private to workflow/: what a checkup sees. Looks at everything and changes nothing.

/// What the store says, as far as it can be read.
struct RecordsSeen {
  StoreSeen store = {};
  std::vector<StatusLine> lines = {};
  std::vector<store::InstalledRecord> installed = {};
  std::vector<store::WishRecord> wishes = {};
  WantedRecipes wanted = {};
};
RecordsSeen look_at_records(const Workspace& workspace);

/// Errors: interrupted; io.
Result<std::vector<CheckupPoint>> system_points(const Workspace& workspace, const RecordsSeen& records,
                                                std::span<const kernel::Kernel> kernels);

/// `kernels` are all of the root, newest first; `kernel` is one of them.
///
/// Errors: interrupted; io.
Result<KernelSeen> look_at_kernel(const Workspace& workspace, const RecordsSeen& records,
                                  std::span<const kernel::Kernel> kernels, const kernel::Kernel& kernel,
                                  Probe probe);

}  // namespace kpkg::workflow
