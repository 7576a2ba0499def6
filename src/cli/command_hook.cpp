// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/remove.hpp"
#include "workflow/session.hpp"

namespace kpkg::cli {
namespace {

/// A hook that fails leaves a kernel package half configured, so it says what went wrong and succeeds all the
/// same. Source: Debian linux-image postinst, run-parts --exit-on-error.
int told(const Context& context, const Result<int>& status) {
  if (!status) context.terminal.show(status.error());
  if (!status || *status != success_status)
    context.workspace.observer.on(
        {.kind = workflow::EventKind::warning,
         .text = "not every module could be brought to this kernel; kpkg status says which"});
  return success_status;
}

}  // namespace

Result<int> run_hook_postinst(const Context& context) {
  auto arguments = context.arguments;
  arguments.kernels = {arguments.names.front()};
  arguments.names.clear();
  arguments.yes = true;
  arguments.offline = true;  // dpkg holds its lock, and apt is at work
  return told(context, run_rebuild({arguments, context.workspace, context.terminal}));
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
  return told(context, remove());
}

}  // namespace kpkg::cli
