// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/kernel_difference.hpp"

#include "abi/fingerprint_json.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "store/builds.hpp"
#include "store/installed.hpp"
#include "workflow/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kpkg::workflow {
namespace {

/// What the modules of a recipe asked for when they were installed, for whatever kernel that was: modules of
/// one source ask for much the same everywhere.
Result<std::vector<abi::Fingerprint>> installed_modules_of(const Workspace& workspace,
                                                           const std::string& recipe) {
  std::vector<abi::Fingerprint> modules;
  auto store = KPKG_TRY(store::Store::open(workspace.root, store::Access::read));
  for (const auto& file : KPKG_TRY(store::installed(store))) {
    if (file.recipe != recipe || !file.artifact) continue;
    const auto artifact = KPKG_TRY(store::find_artifact(store, *file.artifact));
    if (!artifact) continue;
    const auto json = KPKG_TRY(parse_json(artifact->fingerprint));
    modules.push_back(KPKG_TRY(abi::fingerprint_from_json(json)));
  }
  if (!modules.empty()) return modules;
  return fail(ErrorKind::not_found, fmt::format("no module of {} is installed", told_name(recipe)),
              "install it first, or name a .ko file");
}

Result<std::vector<abi::Fingerprint>> modules_meant_by(const Workspace& workspace, const std::string& name) {
  std::vector<abi::Fingerprint> modules;
  if (name.empty()) return modules;
  const bool is_file = name.find('/') != std::string::npos || name.find(".ko") != std::string::npos;
  if (!is_file) return installed_modules_of(workspace, name);
  auto inspected = KPKG_TRY(inspect_file(name));
  drop(add_debug_types(workspace, inspected), "what is not known is told as not compared");
  modules.push_back(std::move(inspected.fingerprint));
  return modules;
}

std::string name_of(const Target& target) {
  return target.facts_file.empty() ? target.kernel.release : target.facts_file;
}

void compare_symbols(const Target& left, const Target& right, const std::set<std::string>* only,
                     KernelDifference& difference) {
  const auto& ours = left.facts.symbols;
  const auto& theirs = right.facts.symbols;
  if (ours && theirs) difference.symbols = abi::differing_symbols(ours->table, theirs->table, only);
  for (const auto* target : {&left, &right}) {
    const auto& symbols = target->facts.symbols;
    if (!symbols)
      difference.not_compared.push_back(fmt::format("symbols: those of {} are not known", name_of(*target)));
    else if (!symbols->is_complete)
      difference.not_compared.push_back(
          fmt::format("all symbols: those of {} are known in part", name_of(*target)));
  }
}

void compare_options(const Target& left, const Target& right, KernelDifference& difference) {
  for (const auto* target : {&left, &right})
    if (!target->configuration)
      difference.not_compared.push_back(
          fmt::format("the configuration: that of {} is not known", name_of(*target)));
  if (!left.configuration || !right.configuration) return;
  const bool is_for_all = difference.modules.empty();
  for (auto& option : kernel::differences(*left.configuration, *right.configuration))
    // To one module every other option shows in the symbols and types that it uses.
    if (is_for_all ? kernel::matters_to_modules(option.key) : kernel::is_of_the_loader(option.key))
      difference.options.push_back(std::move(option));
}

/// Compares all types, or those that the modules bring along.
void compare_types(const Target& left, const Target& right, const std::vector<abi::Fingerprint>& modules,
                   KernelDifference& difference) {
  const auto& ours = left.facts.btf.table;
  const auto& theirs = right.facts.btf.table;
  for (const auto* target : {&left, &right})
    if (target->facts.btf.table == nullptr)
      difference.not_compared.push_back(fmt::format("types: those of {} are not known", name_of(*target)));
  if (ours == nullptr || theirs == nullptr) return;
  if (modules.empty()) difference.types = abi::differing_types_of_kernels(*ours, *theirs);
  for (const auto& module : modules) {
    if (module.types.table == nullptr) {
      difference.not_compared.push_back(fmt::format("types: those of {} are not known", module.name));
      continue;
    }
    for (auto& type : abi::differing_types_of_kernels(*ours, *theirs, module.types.table.get()))
      if (std::find(difference.types.begin(), difference.types.end(), type) == difference.types.end())
        difference.types.push_back(std::move(type));
  }
}

}  // namespace

Result<Target> kernel_or_facts(const Workspace& workspace, const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".facts")) return read_target(name);
  const auto selection = KPKG_TRY(select_kernels(workspace, {name}));
  if (selection.kernels.size() != 1)
    return fail(ErrorKind::usage, fmt::format("{} are {} kernels", name, selection.kernels.size()),
                "name one release");
  auto target = KPKG_TRY(learn_target(workspace, selection.kernels.front(), Headers::ignored));
  learn_types(workspace, target);
  return target;
}

Result<KernelDifference> compare_kernels(const Workspace& workspace, const Target& left, const Target& right,
                                         const std::string& only_for) {
  const auto modules = KPKG_TRY(modules_meant_by(workspace, only_for));
  KernelDifference difference{.left = name_of(left), .right = name_of(right)};
  std::set<std::string> imports = {"module_layout"};  // the loader compares its CRC for every module
  for (const auto& module : modules) {
    difference.modules.push_back(module.name);
    for (const auto& import : module.imports) imports.insert(import.symbol);
  }
  difference.facts = abi::differing_facts(left.facts, right.facts);
  compare_options(left, right, difference);
  compare_symbols(left, right, modules.empty() ? nullptr : &imports, difference);
  compare_types(left, right, modules, difference);
  return difference;
}

}  // namespace kpkg::workflow
