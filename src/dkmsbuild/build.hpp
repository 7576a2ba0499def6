// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/conf_reader.hpp"
#include "dkmsbuild/polish.hpp"
#include "dkmsbuild/toolchain.hpp"
#include "dkmsbuild/workplace.hpp"
#include "dkmstree/change.hpp"
#include "system/jobserver.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// One build, in three phases: begin() reads what others may change and take() changes what others may read,
/// so both are for one build at a time; run() touches nothing but the build's own directory, and several may
/// run side by side. Each prints on the printer of `site`, and yields a status; what is not 0 ends the build.
/// Owns the directory in which it builds.
class Build {
 public:
  Build(const Site& site, Task task, Force force);

  /// Everything before the source is patched. The configuration was read, the headers are there, and
  /// `signing` is what prepare_signing() said.
  Result<ExitStatus> begin(dkmsconf::Conf conf, std::optional<Signing> signing);

  /// Copies, patches, makes, and makes the modules ready. With a jobserver, make takes its jobs from there.
  Result<ExitStatus> run(const system::Jobserver* jobserver);

  /// Puts the build, or the log of a failure, into the tree. To be called if begin() yielded 0, whatever
  /// run() did.
  Result<ExitStatus> take();

  /// How long the commands took, and what they cost.
  std::chrono::milliseconds duration() const { return duration_; }
  std::chrono::microseconds cpu() const { return cpu_; }
  const Toolchain& toolchain() const { return toolchain_; }
  system::SandboxStrength strength() const { return sandbox_->strength(); }
  std::string make_command() const;
  const std::string& headers() const { return place_.source_dir; }

 private:
  Result<ExitStatus> check_depends();
  Status prepare_environment();
  Result<ExitStatus> build(const system::Jobserver* jobserver);
  Result<ExitStatus> patch();
  Result<ExitStatus> run_script(const char* type, const std::string& words, const std::string& staged);
  Result<ExitStatus> make(const system::Jobserver* jobserver);
  Result<ExitStatus> check_modules();
  Result<ExitStatus> finish_modules();
  Result<ExitStatus> run_post_build();
  Result<ExitStatus> invoke(const BuildCommand& command, const std::string& description,
                            const system::Jobserver* jobserver);
  ExitStatus give_up(ExitStatus status, std::initializer_list<std::string_view> lines) const;
  std::string told_log() const { return build_place_ + "/make.log"; }

  Site site_;
  Task task_;
  Force force_;
  dkmsconf::Conf conf_;
  Polish polish_;
  KernelPlace place_;
  Toolchain toolchain_;
  std::string build_place_;  // as DKMS names it
  const system::Sandbox* sandbox_ = nullptr;
  std::unique_ptr<Workplace> workplace_;
  std::unique_ptr<MakeLog> log_;
  std::optional<dkmstree::NewBuild> made_;  // once all its modules are there
  ExitStatus status_ = 0;                   // of run()
  std::chrono::milliseconds duration_{0};
  std::chrono::microseconds cpu_{0};
};

/// The versions of the modules that the configuration depends on, for a BUILD_DEPENDS_REBUILD: the highest
/// that the tree has of each, whatever became of it. Source: dkms 3.4.3, do_build().
Result<std::vector<dkmstree::Dependency>> dependency_versions(const Site& site, const dkmsconf::Conf& conf);

}  // namespace kpkg::dkmsbuild
