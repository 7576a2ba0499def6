// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "distro/distribution.hpp"
#include "kernel/module_list.hpp"
#include "workflow/doctor_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace kpkg::workflow {
namespace {

/// At the top of a module directory: the kernel's own modules, links to its tree, and no modules.
constexpr std::array<std::string_view, 4> not_added = {"kernel", "build", "source", "vdso"};

/// Modules by their names below the module directory, with the times at which they were written.
using Added = std::map<std::string, std::int64_t>;

Status collect(const system::Root& root, const std::string& top, const std::string& below, Added& added) {
  const auto entries = KPKG_TRY(root.list(top + "/" + below));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>())) {
    const auto name = below + "/" + entry.name;
    if (entry.type == system::FileType::directory) KPKG_TRY(collect(root, top, name, added));
    if (entry.type != system::FileType::regular || !kernel::is_module_name(entry.name)) continue;
    const auto status = KPKG_TRY(root.status(top + "/" + name));
    if (status) added[name] = status->modified_ns;
  }
  return {};
}

/// What was added to a kernel's own modules.
Result<Added> added_modules(const system::Root& root, const std::string& top) {
  Added added;
  const auto entries = KPKG_TRY(root.list(top));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>())) {
    const bool is_other = std::find(not_added.begin(), not_added.end(), entry.name) != not_added.end();
    if (entry.type == system::FileType::directory && !is_other)
      KPKG_TRY(collect(root, top, entry.name, added));
  }
  return added;
}

Result<IndexSeen> look_at_index(const system::Root& root, const std::string& top) {
  IndexSeen seen;
  for (const auto* const name : {"modules.dep", "modules.dep.bin"})
    if (!KPKG_TRY(root.status(top + "/" + name))) seen.absent.emplace_back(name);
  if (!seen.absent.empty()) return seen;
  const auto written = KPKG_TRY(root.status(top + "/modules.dep"));
  const auto text = KPKG_TRY(root.read(top + "/modules.dep"));
  auto added = KPKG_TRY(added_modules(root, top));
  for (const auto& line : lines(text)) {
    const auto name = line.substr(0, line.find(':'));
    const auto found = added.find(name);
    if (found == added.end()) {
      if (!name.starts_with("kernel/") && !KPKG_TRY(root.real_path(top + "/" + name)))
        seen.gone.push_back(name);
      continue;
    }
    if (found->second > written->modified_ns) seen.newer.push_back(name);
    added.erase(found);
  }
  for (const auto& [name, time] : added) seen.unlisted.push_back(name);
  return seen;
}

/// The names of modules that dkms installed for the kernel and kpkg too.
Result<std::vector<std::string>> shared_with_dkms(const system::Root& root, const RecordsSeen& records,
                                                  const kernel::Kernel& kernel) {
  std::vector<std::string> shared;
  const auto entries = KPKG_TRY(root.list(kernel.module_directory + "/updates/dkms"));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>())) {
    if (!kernel::is_module_name(entry.name)) continue;
    const auto key = module_key(entry.name.substr(0, entry.name.rfind(".ko")));
    const bool is_ours =
        std::any_of(records.installed.begin(), records.installed.end(), [&](const auto& file) {
          return file.kernel == kernel.release && !file.module.empty() && module_key(file.module) == key &&
                 file.path.find("/updates/dkms/") == std::string::npos;
        });
    if (is_ours) shared.push_back(key);
  }
  return shared;
}

bool boots_next(std::span<const kernel::Kernel> kernels, const kernel::Kernel& kernel) {
  const auto newest =
      std::find_if(kernels.begin(), kernels.end(), [](const auto& each) { return each.has_modules; });
  return kernel.is_running || (newest != kernels.end() && newest->release == kernel.release);
}

/// What the records say of the kernel.
void add_lines(const RecordsSeen& records, KernelSeen& seen) {
  for (const auto& status : records.lines) {
    if (status.line.kernel != seen.kernel.release) continue;
    const bool concerns = status.line.is_wanted || status.line.installed_modules > 0;
    if (!status.attention.empty())
      seen.recipes.push_back({status.line.recipe, status.attention, status.is_trouble && concerns});
    else if (status.line.installed_modules > 0)
      ++seen.recipes_in_order;
  }
}

bool is_known(const RecordsSeen& records, const std::string& recipe, const std::string& release) {
  return std::any_of(records.lines.begin(), records.lines.end(), [&](const auto& status) {
    return status.line.recipe == recipe && status.line.kernel == release;
  });
}

/// Recipes that are wanted on every kernel, want this one, and were never built for it.
Status add_missing(const Surroundings& around, const Target& target, KernelSeen& seen) {
  const auto& records = around.records;
  const auto conditions = conditions_of(target, KPKG_TRY(distro::distribution_of(around.workspace.root)));
  const bool matters = boots_next(around.kernels, seen.kernel);
  for (const auto& wish : records.wishes) {
    const auto& recipes = records.wanted.recipes;
    const auto found = std::find_if(recipes.begin(), recipes.end(),
                                    [&](const auto& each) { return each.recipe.name == wish.recipe; });
    if (wish.automatic == store::WishRecord::Automatic::no || found == recipes.end() ||
        is_known(records, wish.recipe, seen.kernel.release) ||
        recipe::resolve(found->recipe, conditions).excludes())
      continue;
    seen.recipes.push_back(
        {wish.recipe, "it was never built for this kernel", matters || found->recipe.install.critical});
  }
  return {};
}

void look_at_facts(const Target& target, KernelSeen& seen) {
  seen.notes = target.notes;
  seen.knows_symbols = target.facts.symbols.has_value();
  seen.checks_signatures = target.facts.signature_policy.checks;
  seen.demand = abi::signature_demand(target.facts);
  seen.ima_appraises = target.facts.gates.ima_appraises;
}

Status look_at_tree(const Surroundings& around, const Target& target, KernelSeen& seen) {
  const auto& workspace = around.workspace;
  const TreeRequest request{.depth = around.probe == Probe::yes ? tree::Depth::modules : tree::Depth::glance};
  auto resolved = resolve_tree(workspace, target, request);
  if (!resolved && resolved.error().kind == ErrorKind::interrupted) return fail(resolved.error());
  if (resolved)
    seen.tree = std::move(*resolved);
  else
    seen.tree_trouble = resolved.error();
  if (!seen.tree.tree) seen.headers_hint = no_tree_error(workspace, seen.kernel).hint;
  return {};
}

}  // namespace

Result<KernelSeen> look_at_kernel(const Surroundings& around, const kernel::Kernel& kernel) {
  const auto& root = around.workspace.root;
  KernelSeen seen{.kernel = kernel};
  seen.depmod = root.is_host() ? fmt::format("depmod {}", kernel.release)
                               : fmt::format("depmod -b {} {}", root.directory(), kernel.release);
  auto index = look_at_index(root, kernel.module_directory);
  if (index)
    seen.index = std::move(*index);
  else
    seen.index.trouble = index.error();
  seen.shared_with_dkms = shared_with_dkms(root, around.records, kernel).value_or(std::vector<std::string>());
  add_lines(around.records, seen);
  if (is_left_over(kernel)) return seen;
  const auto target = learn_target(around.workspace, kernel, Headers::ignored);
  if (!target && target.error().kind == ErrorKind::interrupted) return fail(target.error());
  if (!target) {
    seen.trouble = target.error();
    return seen;
  }
  look_at_facts(*target, seen);
  KPKG_TRY(look_at_tree(around, *target, seen));
  if (kernel.has_modules) KPKG_TRY(add_missing(around, *target, seen));
  return seen;
}

}  // namespace kpkg::workflow
