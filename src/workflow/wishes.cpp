// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/wishes.hpp"

#include "base/text.hpp"
#include "store/artifact_directory.hpp"
#include "workflow/build_pair.hpp"
#include "workflow/tree_records.hpp"

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// The recipe's words about a built module; a module that no [[module]] names has none.
recipe::Module module_of(const LoadedRecipe& recipe, const std::string& name) {
  std::vector<recipe::Module> known = recipe.recipe.modules;
  for (const auto& variant : recipe.recipe.variants)
    if (variant.modules) known.insert(known.end(), variant.modules->begin(), variant.modules->end());
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& module) {
    return module_key(module.name) == module_key(name);
  });
  return found == known.end() ? recipe::Module{.name = name} : *found;
}

/// "my-mod.ko.xz" under the name that the recipe wants: only what follows the first ".ko" is the file's own.
std::string installed_file_name(const recipe::Module& module, const std::string& file_name) {
  const auto extension = file_name.rfind(".ko");
  return module.installed_name() + (extension == std::string::npos ? ".ko" : file_name.substr(extension));
}

}  // namespace

Result<install::Wish> wish_of(const Workspace& workspace, const LoadedRecipe& recipe, const PairResult& pair,
                              Force force) {
  const bool allowed = needs_allowance(pair.tree);
  install::Wish wish{.recipe = pair.recipe, .version = pair.version, .kernel = pair.kernel};
  for (const auto& judged : pair.modules) {
    const auto module = module_of(recipe, judged.artifact.module);
    const bool overridden = force == Force::yes && !abi::is_installable(judged.verdict.decision);
    wish.modules.push_back({.name = module.installed_name(),
                            .file_name = installed_file_name(module, judged.artifact.file_name),
                            .digest = judged.artifact.digest,
                            .size = judged.artifact.size,
                            .decision = judged.verdict.decision,
                            .overridden_by = overridden ? "--force" : "",
                            .allowed_by = std::string(allowed ? allowing_option : ""),
                            .options = module.options,
                            .softdep_pre = module.softdep_pre,
                            .softdep_post = module.softdep_post,
                            .blacklist = module.blacklist});
  }
  std::vector<install::UdevRules> rules;
  for (const auto& file : pair.files)
    if (file.file_name.starts_with(udev_prefix))
      rules.push_back({file.file_name.substr(udev_prefix.size()),
                       KPKG_TRY(store::read_artifact(workspace.root, file.digest))});
  const auto& settings = recipe.recipe.install;
  wish.configuration = install::configuration_files(
      pair.recipe, wish.modules, settings.load ? install::LoadAtBoot::yes : install::LoadAtBoot::no, rules);
  if (settings.initramfs) wish.initramfs = install::Initramfs::update;
  return wish;
}

install::Wish wish_of_installed(const std::vector<store::InstalledRecord>& installed,
                                const install::Wish& replaced_by) {
  install::Wish wish{
      .recipe = replaced_by.recipe, .version = replaced_by.version, .kernel = replaced_by.kernel};
  for (const auto& file : installed) {
    if (file.kind != store::FileKind::module || file.kernel != wish.kernel || !file.artifact) continue;
    wish.version = file.version;
    wish.modules.push_back({.name = file.module,
                            .file_name = file.path.substr(file.path.find_last_of('/') + 1),
                            .digest = *file.artifact,
                            .decision = abi::Decision::loads,
                            .allowed_by = file.allowed_by});
  }
  // Configuration stays as the new version has it while modules of it are there; without modules nothing
  // needs it.
  if (wish.modules.empty()) wish.configuration = std::vector<install::WantedFile>{};
  return wish;
}

}  // namespace kpkg::workflow
