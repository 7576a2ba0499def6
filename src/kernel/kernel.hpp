// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace kpkg::kernel {

/// A place where kbuild can run for one kernel. Paths are absolute inside the root, links followed.
struct KernelTree {
  std::string path;                    ///< what `make -C` gets
  std::optional<std::string> symvers;  ///< its Module.symvers, if there is one
  std::optional<std::string> sources;  ///< the tree that it was made of elsewhere (O=), if the kernel has one

  bool operator==(const KernelTree&) const = default;
};

/// A kernel that is installed in a root, as far as the names of files tell.
struct Kernel {
  std::string release;                       ///< the name under lib/modules
  std::string module_directory;              ///< "/usr/lib/modules/6.1.0-56-amd64"
  std::optional<std::string> image;          ///< "/boot/vmlinuz-6.1.0-56-amd64"
  std::optional<std::string> configuration;  ///< "/boot/config-6.1.0-56-amd64"
  std::optional<KernelTree> tree;            ///< nothing: no headers, or a build link that leads nowhere
  std::string tree_problem;  ///< why there is no tree: "…/build leads to /usr/src/…, which is absent"
  bool has_modules = false;  ///< in-tree modules are there; false: only headers or only updates/ left
  bool is_running = false;   ///< it is the kernel this machine runs, and the root is this machine's

  bool operator==(const Kernel&) const = default;
};

}  // namespace kpkg::kernel
