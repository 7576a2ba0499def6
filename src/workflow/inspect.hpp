// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/signature_check.hpp"
#include "abi/symvers.hpp"
#include "abi/taints.hpp"
#include "elf/parameters.hpp"
#include "install/load.hpp"
#include "store/builds.hpp"
#include "workflow/check.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// A module that needs another one.
struct Dependent {
  std::string module;
  bool is_direct = true;  ///< false: it needs it (also) through another one
};

/// A module file among its kernel and the modules there.
struct Inspection {
  InspectedModule module;
  std::string release;  ///< of the kernel whose symbols were looked at; empty: none is at hand
  bool knows_symbols = false;
  std::vector<std::optional<abi::KernelSymbol>>
      providers;  ///< of each import, in their order; nothing: nobody
  std::vector<elf::ModuleParameter> parameters;
  std::vector<abi::Taint> taints;
  std::vector<Dependent> dependents;  ///< among the modules of that kernel, sorted by name
  /// What the kernel makes of its signature; nothing: no kernel is at hand, or it looks at none.
  std::optional<abi::SignatureCheckResult> signature;
  std::optional<install::LoadedModule> loaded;  ///< nothing: it is not loaded, or not here
  std::optional<store::TreeRecord> tree;        ///< that kpkg built it in; nothing: nobody recorded this file
  std::optional<bool> is_loaded_build;          ///< whether that is this file; nothing: not known
};

/// Looks at a module file of the host (a path) or an installed module (a name) as the first of `kernels` sees
/// it. Without a kernel, a file is told without owners of symbols.
///
/// Errors: those of inspect_file, inspect_installed and, where a kernel was named, select_kernels.
Result<Inspection> inspect(const Workspace& workspace, const std::string& name,
                           const std::vector<std::string>& kernels);

/// What a module needs, level by level.
struct DependencyTree {
  std::string module;
  bool is_installed = true;  ///< false: no module of this name is there
  bool is_repeated = false;  ///< it stands above already, with what it needs
  std::vector<DependencyTree> needs;
};

struct Dependencies {
  DependencyTree tree;
  std::vector<Dependent> dependents;  ///< sorted by name
};

/// What `module` needs and who needs it, among the modules of a kernel.
Result<Dependencies> dependencies(const Workspace& workspace, const kernel::Kernel& kernel,
                                  const abi::Fingerprint& module);

/// Only who needs it, which no other module's file has to be read for.
Result<std::vector<Dependent>> dependents(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const std::string& module);

}  // namespace kpkg::workflow
