// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"
#include "kernel/kernel.hpp"

#include <optional>
#include <string>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// Where DKMS looks for the headers and the configuration of a task's kernel. Paths in the root.
struct KernelPlace {
  std::string source_dir;  ///< --kernelsourcedir, else `build` of the kernel's modules
  std::string config;      ///< --config, else include/config/auto.conf or .config of the directory

  bool operator==(const KernelPlace&) const = default;
};

Result<KernelPlace> kernel_place(const Site& site, const Task& task);

/// The kernel of that release, if kpkg finds it where DKMS installs modules for it.
Result<std::optional<kernel::Kernel>> known_kernel(const Site& site, const std::string& release);

/// Whether the kernel's headers are there; else it is said, and DKMS ends with 21.
Result<ExitStatus> check_headers(const Site& site, const Task& task, const KernelPlace& place);

/// The file of the module in the directory: uncompressed if there is one, else with `suffix`; empty: neither.
Result<std::string> module_file(const system::Root& root, const std::string& directory,
                                const std::string& name, const std::string& suffix);

}  // namespace kpkg::dkmsbuild
