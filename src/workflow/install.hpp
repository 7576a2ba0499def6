// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/load.hpp"
#include "install/plan.hpp"
#include "workflow/make_pairs.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kpkg::workflow {

enum class Load { no, yes };
enum class DryRun { no, yes };

/// Whether the person agrees with what is about to be done; asked once, and only if something would change.
using Agreement = std::function<bool(const std::vector<install::Plan>& plans)>;

/// What `install` and `rebuild` are told.
struct InstallRequest {
  MakeRequest make;
  Force force = Force::no;
  Load load = Load::yes;
  DryRun dry_run = DryRun::no;
  Agreement agrees;  ///< nothing: nobody is asked
};

/// What became of a module that was to be loaded, and of its recipe's installation.
struct LoadResult {
  std::string recipe;
  std::string kernel;
  install::LoadReport report;
  bool was_undone = false;  ///< the installation was taken back because the module did not start
};

/// What became of everything.
struct InstallOutcome {
  std::vector<PairResult> pairs;
  std::vector<install::Plan>
      plans;  ///< of the pairs that are ready, in their order; applied unless it was a dry run
  std::vector<LoadResult> loads;
  std::vector<Error> errors;  ///< of plans that were refused or undone; the others were carried out
  bool changed = false;
  bool declined = false;  ///< the person did not agree

  /// The failure that the command ends with, the most important one first; nothing if all is well.
  std::optional<ErrorKind> failure() const;
};

/// Builds, judges, installs and loads: each pair as far as it goes.
///
/// Errors: only what ends the whole command; see make_pairs.
Result<InstallOutcome> install(const Workspace& workspace, Session& session, const InstallRequest& request);

}  // namespace kpkg::workflow
