// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/kernel_place.hpp"
#include "dkmsbuild/make_log.hpp"
#include "system/jobserver.hpp"
#include "system/sandbox.hpp"
#include "system/temp_dir.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// A command of a build.
struct BuildCommand {
  std::string shown;   ///< as DKMS has it, for logs
  std::string run;     ///< what bash evaluates; often the same
  std::string staged;  ///< of the host: a directory that is seen, and may be changed, where the finished
                       ///< build goes; empty: none
};

/// Where one version is built for one kernel: a private copy of its source, which inside the sandbox has the
/// name that DKMS builds under. Owns the directory; the names of what is in it must be resolved in a Root of
/// that directory, since whoever built there may have put links into it.
class Workplace {
 public:
  /// Copies the source, with the administrator's patches laid over its own. `sandbox` is borrowed.
  ///
  /// Without mount namespaces the copy has to lie where DKMS has it, and what was there goes.
  static Result<Workplace> make(const Site& site, const Task& task, const KernelPlace& place,
                                const system::Sandbox& sandbox);

  /// Lets commands change the source where it lies, as they name it: they get a second copy there, which goes
  /// with the workplace. Without mount namespaces the source stays as read-only as it is.
  Status lend_source();

  /// What is built, of the host.
  const std::string& source() const { return source_; }

  /// Further files of the build, of the host, which it does not see.
  const std::string& own() const { return own_.path(); }

  /// `own` as a path in the root.
  const std::string& own_in_root() const { return own_in_root_; }

  /// Runs the command in the directory of the build, its output into the log. What DKMS's variables hold is
  /// known to it, and `environment` to what it starts.
  Result<system::Outcome> run(const BuildCommand& command, const MakeLog& log,
                              const system::Jobserver* jobserver) const;

  /// What the commands get besides the system's own environment, "CC=gcc".
  std::vector<std::string> environment;

  /// What the shell knows and does not hand on, "kernel_source_dir=/…".
  std::vector<std::string> variables;

 private:
  Workplace(const Site& site, const Task& task, const system::Sandbox& sandbox, system::TempDir own)
      : site_(&site), id_(task.id), sandbox_(&sandbox), own_(std::move(own)) {}

  Status copy_source(const Task& task);
  Status show(const Task& task, const KernelPlace& place);

  const Site* site_;
  dkmstree::BuildId id_;
  const system::Sandbox* sandbox_;
  system::TempDir own_;
  std::string own_in_root_;
  std::string source_;
  system::SandboxView view_;
};

}  // namespace kpkg::dkmsbuild
