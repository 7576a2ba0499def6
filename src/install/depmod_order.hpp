// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/root.hpp"

#include <set>
#include <string>
#include <vector>

namespace kpkg::install {

/// What the root's depmod.d says of precedence.
struct DepmodOrder {
  std::vector<std::string> search;     ///< directories, the preferred one first
  std::vector<std::string> overrides;  ///< directories of `override` lines for the modules and the kernel

  bool operator==(const DepmodOrder&) const = default;
};

/// `modules` are keys (module_key). Without a `search` line: {"updates", "built-in"}.
///
/// A file hides those of its name in the directories after its own; all are read in the order of their names.
/// Source: depmod.d(5).
Result<DepmodOrder> depmod_order(const system::Root& root, const std::string& kernel,
                                 const std::set<std::string>& modules);

/// Whether depmod takes a module from `directory` and not from `other`, both below the kernel's directory of
/// modules: "updates/kpkg", "kernel/drivers/net".
bool prefers(const DepmodOrder& order, std::string_view directory, std::string_view other);

}  // namespace kpkg::install
