// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "system/host.hpp"
#include "workflow/header_installer.hpp"
#include "workflow/remove.hpp"
#include "workflow/session.hpp"

namespace kpkg::cli {
namespace {

/// A hook that fails leaves a kernel package half configured, so it says what went wrong and succeeds all the
/// same. Source: Debian linux-image postinst, run-parts --exit-on-error.
void tell(const Context& context, const Result<int>& status) {
  if (!status) context.terminal.show(status.error());
  if (!status || *status != success_status)
    context.workspace.observer.on(
        {.kind = workflow::EventKind::warning,
         .text = "not every module could be brought to this kernel; kpkg status says which"});
}

}  // namespace

void bring_to_kernel(const Context& context, const std::string& release) {
  auto arguments = context.arguments;
  arguments.kernels = {release};
  arguments.yes = true;
  arguments.offline = true;  // in a hook, dpkg holds its lock, and apt is at work
  tell(context, run_rebuild({arguments, context.workspace, context.terminal}));
}

Result<int> run_hook_postinst(const Context& context) {
  // A kpkg that has apt install headers holds the lock meanwhile, and does this when apt has ended.
  if (system::environment_variable(workflow::hooks_variable) == workflow::hooks_are_later)
    return success_status;
  auto arguments = context.arguments;
  const auto release = arguments.names.front();
  arguments.names.clear();
  bring_to_kernel({arguments, context.workspace, context.terminal}, release);
  return success_status;
}

Result<int> run_hook_prerm(const Context& context) {
  const auto remove = [&]() -> Result<int> {
    auto session = KPKG_TRY(workflow::open_session(context.workspace));
    const workflow::RemoveRequest request{.recipes = {},
                                          .kernels = {context.arguments.names.front()},
                                          .load = workflow::Load::no,
                                          .dry_run = workflow::DryRun::no,
                                          .forget = workflow::Forget::no,
                                          .agrees = {}};
    KPKG_TRY(workflow::remove(context.workspace, session, request));
    return success_status;
  };
  tell(context, remove());
  return success_status;
}

}  // namespace kpkg::cli
