// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/conf_reader.hpp"
#include "dkmsbuild/site.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace kpkg::dkmsbuild {

/// Adds a version that is to be built and is not in the tree, and tells of it: what the front end's `add`
/// does. Yields 0, or with what DKMS ends.
using Adder = std::function<Result<ExitStatus>(const Task&)>;

/// What is heard of tasks that are done together, in the order of the tasks.
struct TaskObserver {
  std::function<void(const Task&)> before;             ///< before the task's own text
  std::function<void(const Task&, ExitStatus)> after;  ///< after it
};

class Core;

/// Everything between "added" and "installed", and back, of one version for one kernel at a time: in DKMS's
/// words and with its statuses. Each function prints what DKMS prints, and yields the status it would end
/// with; the error of a Result is what DKMS has no word for (interrupted, a full disk), and nothing was
/// printed of it. Owns what was learned of kernels and found out about signing during one call of `dkms`.
class Engine {
 public:
  Engine(const Site& site, ConfReader& reader, const Choices& choices, Adder adder);
  ~Engine();

  /// Looks for the kernel's headers (21) and for what modules are signed with, and tells of both with an
  /// empty line behind: once for a kernel. DKMS does it before each task of autoinstall that is not built;
  /// build() does it where it was not done.
  Result<ExitStatus> prepare(const Task& task);

  /// Begins to build several side by side, which are then asked for one after the other by build() or
  /// install(): what is told of them appears when they are. Those that cannot begin so are left to that.
  Status expect(std::span<const Task> tasks);

  /// `dkms build`. What is built already is told of and stays (0), unless it is forced. Statuses: 3, 4, 5, 6,
  /// 7, 8, 10, 13, 16, 21, 77, that of a script.
  Result<ExitStatus> build(const Task& task);

  /// `dkms install`: builds first where that was not done. Every module is judged: one that the kernel would
  /// not load is not installed (6), unless it is forced. Statuses: those of build(), 5, 6, 101.
  Result<ExitStatus> install(const Task& task);

  /// Installs several for one kernel, of which none depends on another: what is not built is built side by
  /// side, and told of in order. The statuses are in the order of the tasks.
  Result<std::vector<ExitStatus>> install_together(std::span<const Task> tasks, const TaskObserver& observer);

  /// `dkms uninstall`. Of what is not installed it is said, unless it may be excluded from the kernel; 0.
  Result<ExitStatus> uninstall(const Task& task);

  /// The second half of `dkms unbuild`, after uninstall(): removes the build. Of what is not built it is
  /// said; 0.
  Result<ExitStatus> unbuild(const Task& task);

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace kpkg::dkmsbuild
