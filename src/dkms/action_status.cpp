// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/status_lines.hpp"

namespace kpkg::dkms {

Result<ExitStatus> show_status(const Context& context) {
  const auto& kernels = context.arguments.kernels;
  const auto& archs = context.arguments.archs;
  const auto arch_of = [&](std::size_t index) {
    return archs.empty() ? std::string() : archs[archs.size() == 1 ? 0 : index];
  };
  StatusLines lines(context, dkmstree::read_tree(context.root(), context.places), context.printer());
  const auto count = kernels.empty() ? 1 : kernels.size();
  for (std::size_t i = 0; i < count; ++i)
    KPKG_TRY(lines.print({.module = context.arguments.module,
                          .version = context.arguments.version,
                          .kernel = kernels.empty() ? std::string() : kernels[i],
                          .arch = arch_of(i)}));
  return 0;
}

}  // namespace kpkg::dkms
