// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/rpm_package.hpp"

#include "dkms/actions.hpp"

#include <fmt/format.h>

namespace kpkg::dkms {
namespace {

/// Whether rpm installed the package; what it printed is repeated.
Result<bool> run_rpm(const Context& context) {
  const auto path =
      KPKG_TRY(context.root().host_path(path_in_root(context.site.workspace, context.arguments.archive)));
  system::Command command{.program = "rpm",
                          .arguments = {"-Uvh", "--root", context.root().directory(), "--", path},
                          .environment = system::system_environment(),
                          .cost = system::Cost::work,
                          .on_stop = system::OnStop::finish};
  const auto outcome = context.site.workspace.runner.run(command);
  if (!outcome && outcome.error().kind != ErrorKind::not_found) return fail(outcome.error());
  if (!outcome) return false;
  context.printer().say(dkmsconf::Stream::output, outcome->output);
  context.printer().say(dkmsconf::Stream::errors, outcome->errors);
  return outcome->succeeded();
}

}  // namespace

Result<ExitStatus> install_package(const Context& context, dkmsbuild::Engine& engine) {
  const auto& archive = context.arguments.archive;
  const auto path = path_in_root(context.site.workspace, archive);
  if (kind_of(context.root(), path) == WordKind::nothing)
    return refuse(context, {2, dkmsconf::error_remark({fmt::format("{} does not exist.", archive)})});
  if (KPKG_TRY(run_rpm(context))) return run_autoinstall(context, engine);
  return refuse(context,
                {9, dkmsconf::error_remark({fmt::format("Unable to install {} using rpm.", archive),
                                            "Check to ensure that your system can install .rpm files."})});
}

}  // namespace kpkg::dkms
