// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/kernel.hpp"
#include "workflow/workspace.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::workflow {

/// The modules of one kernel as depmod found them, which is how modprobe finds them.
struct ModuleIndex {
  struct Entry {
    std::string name;                ///< with underscores
    std::string path;                ///< absolute inside the root
    std::vector<std::string> needs;  ///< names of all modules that it needs, also through others

    bool operator==(const Entry&) const = default;
  };

  std::vector<Entry> entries;  ///< in depmod's order of preference

  /// The module of that name, dashes being underscores, or nothing.
  const Entry* find(std::string_view name) const;
};

/// Reads modules.dep; without the file there is no module.
///
/// Source: modules.dep(5): "kernel/drivers/x.ko.xz: dependencies", paths below the directory of the kernel.
Result<ModuleIndex> module_index(const Workspace& workspace, const kernel::Kernel& kernel);

/// The name of the module in a file: the last part of the path up to ".ko", with underscores.
std::string module_name_of(std::string_view path);

}  // namespace kpkg::workflow
