// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/frameworks.hpp"

namespace kpkg::dkms {

using dkmsconf::Framework;

Result<Framework> framework_of(const dkmsconf::FrameworkRequest& request, dkmsconf::Interpreter& interpreter,
                               const std::function<Result<const system::Sandbox*>()>& sandbox,
                               system::Runner& runner) {
  auto known = KPKG_TRY(dkmsconf::recalled_framework(request, interpreter));
  if (known) return *std::move(known);
  const auto* confining = KPKG_TRY(sandbox());
  return dkmsconf::read_framework(request, interpreter, {.runner = runner, .sandbox = *confining});
}

Result<Framework> framework_for_kernel(const Context& context, const std::string& kernel) {
  auto request = context.site.framework_request;
  request.kernel = kernel;
  auto framework = KPKG_TRY(
      framework_of(request, context.site.interpreter, context.site.sandbox, context.site.workspace.runner));
  return with_options(std::move(framework), context.arguments);
}

Framework with_options(Framework framework, const Arguments& arguments) {
  if (arguments.dkms_tree) framework.dkms_tree = *arguments.dkms_tree;
  if (arguments.source_tree) framework.source_tree = *arguments.source_tree;
  if (arguments.install_tree) framework.install_tree = *arguments.install_tree;
  if (arguments.is_verbose) framework.verbose = "true";
  if (arguments.links_modules) framework.symlink_modules = "true";
  if (arguments.loads_modules) framework.modprobe_on_install = "true";
  const auto jobs = arguments.parallel_jobs.value_or("");
  // make takes -j0 for a mistake; to DKMS it is as many as there are.
  if (!jobs.empty()) framework.parallel_jobs = jobs == "0" ? "" : jobs;
  return framework;
}

}  // namespace kpkg::dkms
