// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/frameworks.hpp"
#include "dkmsbuild/signing.hpp"

namespace kpkg::dkms {

Result<ExitStatus> run_generate_key(const Context& context, dkmsbuild::Engine& /*engine*/) {
  const auto framework = KPKG_TRY(framework_for_kernel(context, context.target().kernel));
  const auto task = task_for(context, context.id(), context.target());
  const auto key = KPKG_TRY(dkmsbuild::prepare_key(context.site, framework, task));
  return key ? 0 : 1;
}

}  // namespace kpkg::dkms
