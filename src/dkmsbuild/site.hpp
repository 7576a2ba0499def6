// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsbuild/printer.hpp"
#include "dkmsconf/conf.hpp"
#include "dkmsconf/framework.hpp"
#include "dkmsconf/interpreter.hpp"
#include "dkmstree/names.hpp"
#include "dkmstree/places.hpp"
#include "kernel/memory.hpp"
#include "store/store.hpp"
#include "system/sandbox.hpp"
#include "workflow/workspace.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

/// No module is larger, compressed or not; bytes.
inline constexpr std::uint64_t largest_module = std::uint64_t{1} << 30;

/// With what one call of `dkms` ends: 0, or the status that DKMS has for the failure, of which everything
/// was printed.
using ExitStatus = int;

enum class Force { no, yes };

/// What becomes of the index of a kernel's modules once they have changed.
enum class Depmod {
  run,
  leave,  ///< --no-depmod: "Running depmod... done." is printed all the same
  delay,  ///< kernel_prerm: a file depmod-pending-K-A in the tree asks for it, and nothing is printed
  later,  ///< "Running depmod... done." is printed, the same file asks for it, and the caller runs it
};

/// What the command line says of the whole call, as far as it is not in the framework.
struct Choices {
  Force force = Force::no;
  Force version_override = Force::no;  ///< --force-version-override
  Force safe_upgrade = Force::no;      ///< --rpm_safe_upgrade
  Depmod depmod = Depmod::run;

  bool operator==(const Choices&) const = default;
};

/// One version for one kernel, and what the command line says of how it is read and built.
struct Task {
  dkmstree::BuildId id;
  std::string conf_file = {};                ///< -c; empty: that of the tree
  std::string kernel_source_dir = {};        ///< --kernelsourcedir; empty: `build` of the kernel's modules
  std::string kernel_config = {};            ///< --config; empty: that of the directory above
  std::vector<std::string> directives = {};  ///< --directive: "NAME=value"

  bool operator==(const Task&) const = default;
};

/// What is asked of dkmsconf for the task.
dkmsconf::ConfRequest conf_request(const Task& task, dkmsconf::Purpose purpose);

/// Everything through which DKMS's actions reach the machine. All of it is borrowed, and outlives whoever is
/// given it. The caller holds the locks.
struct Site {
  const workflow::Workspace& workspace;
  /// The framework as the command line left it: --verbose, --dkmstree, -j, … are in it.
  const dkmsconf::Framework& framework;
  /// With what it was read: some of it is read again for a kernel, once that is known.
  const dkmsconf::FrameworkRequest& framework_request;
  dkmsconf::Interpreter& interpreter;
  kernel::Memory& memory;
  /// Made when it is first needed, since choosing one takes time.
  std::function<Result<const system::Sandbox*>()> sandbox;
  Printer& printer;
  /// kpkg's own records; nullptr: the user may not write them, and nothing is recorded.
  store::Store* store = nullptr;
};

/// The places that the framework names.
dkmstree::Places places_of(const dkmsconf::Framework& framework);

}  // namespace kpkg::dkmsbuild
