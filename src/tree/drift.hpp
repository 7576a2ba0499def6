// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "kernel/configuration_difference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What configuring a source anew has changed of a kernel's configuration. `left` is the kernel's value,
/// `right` the tree's; each list is sorted by key.
struct Drift {
  std::vector<kernel::OptionDifference> of_tools;   ///< which compiler, linker and keys there are: a note
  std::vector<kernel::OptionDifference> of_layout;  ///< lay structs out otherwise, or may: a refusal
  std::vector<kernel::OptionDifference> others;     ///< harmless as far as anybody knows: the gates decide

  bool operator==(const Drift&) const = default;
};

/// Whether an option lays out structs that modules share with the kernel, or what the loader asks of them.
bool lays_out_structs(std::string_view key);

/// Compares what a kernel was configured with, and what became of it in a tree. An option of layout that only
/// the tree has, as a source of another version brings it, is among the others.
Drift drift_between(const kernel::Configuration& kernel, const kernel::Configuration& tree);

/// Refuses a tree that has lost options of layout.
///
/// Errors: incompatible: names them; the hint says which program was probably missing.
Status check_drift(const Drift& drift);

}  // namespace kpkg::tree
