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

/// What every look at a kernel is given.
struct Surroundings {
  const Workspace& workspace;
  const RecordsSeen& records;
  std::span<const kernel::Kernel> kernels;  ///< all of the root, newest first
  Probe probe = Probe::no;
};

/// Errors: interrupted; io.
Result<std::vector<CheckupPoint>> system_points(const Surroundings& around);

/// `kernel` is one of those around. Errors: interrupted; io.
Result<KernelSeen> look_at_kernel(const Surroundings& around, const kernel::Kernel& kernel);

}  // namespace kpkg::workflow
