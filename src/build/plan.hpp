// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "build/build.hpp"
#include "build/compiler.hpp"
#include "system/process.hpp"

#include <map>
#include <string>
#include <vector>

namespace kpkg::build {

// Private to build/: what is run, as values. All paths in them are names inside the sandbox.

/// What the commands of a build are made from.
struct PlanInputs {
  std::string tree;
  std::string source;                          ///< the private copy
  std::string temporary;                       ///< for TMPDIR
  std::map<std::string, std::string> symvers;  ///< name of a recipe to its Module.symvers
  std::vector<std::string> make_variables;     ///< of the compiler choice
  std::string job_flags;                       ///< Jobserver::make_flags(); empty: one job at a time
  unsigned jobs = 1;
  std::vector<int> job_descriptors;

  bool operator==(const PlanInputs&) const = default;
};

/// The commands of the build in their order.
///
/// Without steps that is kbuild itself: make -C TREE M=DIRECTORY modules. KERNELRELEASE is never set: kbuild
/// sets it, and a Makefile that finds it in its environment takes itself to be run by kbuild and builds
/// nothing
/// (`ifneq ($(KERNELRELEASE),)`). Steps get KVERSION, KERNELDIR and KDIR instead, because `uname -r` inside
/// is the running kernel's. Errors: invalid: an unknown placeholder.
Result<std::vector<system::Command>> plan_build(const BuildRequest& request, const PlanInputs& inputs);

}  // namespace kpkg::build
