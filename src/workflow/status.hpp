// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/builds.hpp"
#include "store/installed.hpp"
#include "store/overview.hpp"
#include "store/recipes.hpp"
#include "store/verdicts.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// One recipe on one kernel, and whether a person has to look at it.
struct StatusLine {
  store::OverviewLine line;
  bool has_kernel = true;   ///< the root still has the kernel
  std::string attention;    ///< one clause; empty: all is well
  bool is_trouble = false;  ///< something does not work; false: what needs attention is only worth knowing
};

/// What is installed for which kernel. Takes no lock and needs no right but to read.
///
/// Only the newest version of a recipe that has files, or that was built last, is told for a kernel.
Result<std::vector<StatusLine>> status(const Workspace& workspace, const std::vector<std::string>& recipes,
                                       const std::vector<std::string>& kernels);

/// An installed file that is not as it was recorded.
struct VerifyFinding {
  enum class Kind { missing, changed, index_differs };

  store::InstalledRecord file;
  Kind kind = Kind::missing;
  std::string text;
};

struct VerifyOutcome {
  std::size_t files = 0;
  std::vector<VerifyFinding> findings;
};

/// Compares installed files with the records, of these recipes or of all.
Result<VerifyOutcome> verify(const Workspace& workspace, const std::vector<std::string>& recipes);

/// Everything that explains how one recipe stands with one kernel.
struct Reasons {
  std::string recipe;
  std::string kernel;
  std::optional<store::WishRecord> wish;
  std::optional<store::BuildRecord> build;
  struct Module {
    store::ArtifactRecord artifact;
    std::optional<store::VerdictRecord> verdict;
    std::vector<store::LoadRecord> loads;
  };
  std::vector<Module> modules;
  std::vector<store::InstalledRecord> installed;
};

/// Errors: not_found: the recipe was never built nor installed here.
Result<Reasons> why(const Workspace& workspace, const std::string& recipe, const std::string& kernel);

/// The kernels for which the recipe was built or installed, newest build first.
Result<std::vector<std::string>> known_kernels(const Workspace& workspace, const std::string& recipe);

/// The newest build of the recipe and the bytes of its log. Errors: not_found.
struct BuildLog {
  store::BuildRecord build;
  std::string bytes;
};
Result<BuildLog> build_log(const Workspace& workspace, const std::string& recipe, const std::string& kernel);

}  // namespace kpkg::workflow
