// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "build/build.hpp"
#include "install/finish.hpp"
#include "system/jobserver.hpp"
#include "system/sandbox.hpp"
#include "system/temp_dir.hpp"
#include "workflow/pair.hpp"

#include <string>
#include <vector>

namespace kpkg::workflow {

/// What building pairs needs besides the pair. Shared by all threads.
struct Workshop {
  const Workspace& workspace;
  const system::Sandbox& sandbox;
  system::Jobserver& jobserver;
};

/// A file that a build keeps besides its modules.
struct KeptFile {
  std::string name;  ///< "Module.symvers", "udev/99-tty0tty.rules"
  std::string bytes;
};

/// The outcome of one build, not recorded yet: made in a thread of its own.
struct BuiltPair {
  build::BuildOutcome outcome;
  std::vector<install::FinishedModule> modules;
  std::vector<KeptFile> files;
  std::string log;  ///< path in the root
  std::int64_t started = 0;
  system::TempDir work;  ///< holds the finished files until they are kept
};

/// Builds the pair from `source` (a directory of the host) and finishes its modules.
///
/// Errors: those of run_build, finish, and of reading a file that the recipe wants installed.
Result<BuiltPair> build_pair(const Workshop& workshop, const Pair& pair, const std::string& source,
                             const std::vector<build::ChainedSymvers>& symvers);

/// Where in the root the log of a build is kept.
std::string log_path(const std::string& recipe, const std::string& version, const std::string& release);

/// Names of kept files.
inline constexpr std::string_view symvers_name = "Module.symvers";
inline constexpr std::string_view udev_prefix = "udev/";

}  // namespace kpkg::workflow
