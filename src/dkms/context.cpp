// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/context.hpp"

namespace kpkg::dkms {

dkmsbuild::Task task_for(const Context& context, const dkmstree::VersionId& id,
                         const dkmstree::Target& target) {
  const auto& arguments = context.arguments;
  return {.id = {id.module, id.version, target},
          .conf_file = arguments.conf,
          .kernel_source_dir = arguments.kernel_source_dir,
          .kernel_config = arguments.kernel_config,
          .directives = arguments.directives};
}

dkmsbuild::Task task_in_tree(const Context& context, const dkmstree::BuildId& id) {
  auto task = task_for(context, id.of(), id.target);
  task.conf_file = dkmsconf::conf_file_in_tree(context.site.framework, id.module, id.version);
  return task;
}

Result<dkmstree::Module> module_now(const Context& context, const std::string& name) {
  auto module = dkmstree::read_module(context.root(), context.places, name);
  if (!module && module.error().kind == ErrorKind::invalid) return dkmstree::Module{.name = name};
  return module;
}

ExitStatus refuse(const Context& context, const dkmsconf::Refusal& refusal) {
  context.printer().say(refusal.remark.stream, refusal.remark.text);
  return refusal.status;
}

bool is_built(const dkmstree::Module& module, const std::string& version, const dkmstree::Target& target) {
  const auto* known = module.version_of(version);
  const auto* build = known == nullptr ? nullptr : known->build_for(target);
  return build != nullptr && build->has_modules;
}

}  // namespace kpkg::dkms
