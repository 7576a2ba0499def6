// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/inspect.hpp"
#include "workflow/module_index.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace kpkg::workflow {
namespace {

/// modules.dep lists for each module all that it needs; only its file tells which of them it needs itself.
class TreeMaker {
 public:
  TreeMaker(const Workspace& workspace, const ModuleIndex& index) : workspace_(workspace), index_(index) {}

  /// What `module` needs, whose own file says `needs`.
  Result<DependencyTree> make(const std::string& module, const std::vector<std::string>& needs) {
    DependencyTree tree{.module = module_key(module), .needs = {}};
    seen_.insert(tree.module);
    for (const auto& needed : needs) tree.needs.push_back(KPKG_TRY(make_below(module_key(needed))));
    return tree;
  }

 private:
  Result<DependencyTree> make_below(const std::string& name) {
    if (seen_.contains(name)) return DependencyTree{.module = name, .is_repeated = true, .needs = {}};
    const auto* entry = index_.find(name);
    if (entry == nullptr) return DependencyTree{.module = name, .is_installed = false, .needs = {}};
    const auto path = KPKG_TRY(workspace_.root.host_path(entry->path));
    const auto module = KPKG_TRY(inspect_file(path));
    return make(name, module.fingerprint.depends);
  }

  const Workspace& workspace_;
  const ModuleIndex& index_;
  std::set<std::string> seen_;
};

bool needs(const ModuleIndex::Entry& entry, const std::string& module) {
  return std::find(entry.needs.begin(), entry.needs.end(), module) != entry.needs.end();
}

std::vector<Dependent> dependents_of(const ModuleIndex& index, const std::string& module) {
  std::set<std::string> names;
  for (const auto& entry : index.entries)
    if (needs(entry, module)) names.insert(entry.name);
  std::vector<Dependent> dependents;
  for (const auto& name : names) {
    const auto& through = index.find(name)->needs;
    const bool is_direct = std::none_of(through.begin(), through.end(),
                                        [&](const auto& other) { return names.contains(other); });
    dependents.push_back({.module = name, .is_direct = is_direct});
  }
  return dependents;
}

}  // namespace

Result<Dependencies> dependencies(const Workspace& workspace, const kernel::Kernel& kernel,
                                  const abi::Fingerprint& module) {
  const auto index = KPKG_TRY(module_index(workspace, kernel));
  Dependencies result;
  result.tree = KPKG_TRY(TreeMaker(workspace, index).make(module.name, module.depends));
  result.dependents = dependents_of(index, module_key(module.name));
  return result;
}

Result<std::vector<Dependent>> dependents(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const std::string& module) {
  const auto index = KPKG_TRY(module_index(workspace, kernel));
  return dependents_of(index, module_key(module));
}

}  // namespace kpkg::workflow
