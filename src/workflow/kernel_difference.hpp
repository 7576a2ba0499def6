// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_difference.hpp"
#include "abi/type_comparison.hpp"
#include "base/result.hpp"
#include "kernel/configuration_difference.hpp"
#include "workflow/targets.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// In what two kernels differ for modules.
struct KernelDifference {
  std::string left;  ///< release, or the file of facts
  std::string right;
  std::vector<std::string> modules;  ///< names; not empty: only what matters to these
  std::vector<abi::FactDifference> facts;
  std::vector<kernel::OptionDifference> options;
  std::vector<abi::SymbolDifference> symbols;
  std::vector<abi::TypeDifference> types;  ///< structures, unions and enumerations; `left` is module_size
  std::vector<std::string> not_compared;   ///< "their configurations: that of 6.1.0 is not known"

  bool is_empty() const { return facts.empty() && options.empty() && symbols.empty() && types.empty(); }
};

/// A kernel of the root by its release (or `running`, `newest`), or a file of facts, where the name has a
/// slash or ends in ".facts".
///
/// Errors: not_found; those of learn_target and read_target.
Result<Target> kernel_or_facts(const Workspace& workspace, const std::string& name);

/// Compares two kernels; with `only_for` - a module file, or a recipe whose modules are installed for any
/// kernel - only in what matters to that: what it imports, and what the loader itself asks for.
///
/// Errors: not_found: no such file or no module of that recipe is installed.
Result<KernelDifference> compare_kernels(const Workspace& workspace, const Target& left, const Target& right,
                                         const std::string& only_for);

}  // namespace kpkg::workflow
