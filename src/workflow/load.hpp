// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/load.hpp"
#include "workflow/check.hpp"
#include "workflow/explain.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// What the kernel said while something was done, and what that means.
struct KernelWords {
  std::vector<std::string> lines;
  std::optional<Error> error;  ///< why there are none
  ExplainOutcome explained;
};

/// How one module that was named got into the kernel, or did not.
struct LoadStory {
  install::LoadReport report;
  KernelWords words;  ///< of a load that failed
};

/// Loads installed modules by their names, each with what it needs, into the kernel that runs. Once all are
/// found, each is tried, whatever becomes of the others.
///
/// Errors: usage: the root is not this system; permission: not root; not_found: no such module, with the
/// nearest name; interrupted.
Result<std::vector<LoadStory>> load_modules(const Workspace& workspace,
                                            const std::vector<std::string>& names);

struct UnloadStory {
  std::vector<install::UnloadReport> reports;  ///< in the order in which they went
  KernelWords words;                           ///< where one failed
};

/// Unloads modules by their names, users before what they use; never by force, and nothing that was not
/// named.
///
/// Errors: as load_modules, but for not_found: what is not loaded is told as that.
Result<UnloadStory> unload_modules(const Workspace& workspace, const std::vector<std::string>& names);

/// What decides whether a loaded module is the installed one: the file's srcversion, or its bytes.
Result<install::LoadRequest> load_request(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const InspectedModule& module);

}  // namespace kpkg::workflow
