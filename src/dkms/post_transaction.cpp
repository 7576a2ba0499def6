// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/post_transaction.hpp"

#include "dkms/frameworks.hpp"
#include "dkmsbuild/invocation.hpp"
#include "dkmsbuild/script.hpp"

namespace kpkg::dkms {
namespace {

/// What the command can name: variables of DKMS's shell, which evaluates it itself.
std::vector<std::string> variables(const Context& context) {
  auto known = dkmsbuild::names_for_scripts(task_for(context, context.id(), context.target()));
  for (const auto& place :
       {"dkms_tree=" + context.places.dkms_tree, "source_tree=" + context.site.framework.source_tree,
        "install_tree=" + context.places.install_tree})
    known.push_back(place);
  return known;
}

}  // namespace

Result<ExitStatus> conclude_transaction(const Context& context, ExitStatus status) {
  if (status != 0 || context.site.framework.post_transaction.empty()) return status;
  const auto log = context.places.dkms_tree + "/post_transaction.log";
  KPKG_TRY(context.root().write(log, ""));
  // The command may be made of the kernel's name, which was not known when it was first read.
  const auto framework = KPKG_TRY(framework_for_kernel(context, context.target().kernel));
  const dkmsbuild::Invocation invocation{.command = framework.post_transaction,
                                         .description = "Executing post-transaction command",
                                         .package = context.arguments.module,
                                         .is_verbose = !context.site.framework.verbose.empty()};
  KPKG_TRY(dkmsbuild::invoke_logged(context.site, invocation, variables(context), log));
  return status;
}

}  // namespace kpkg::dkms
