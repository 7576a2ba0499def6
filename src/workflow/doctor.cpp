// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/doctor.hpp"

#include "kernel/find.hpp"
#include "kernel/select.hpp"
#include "system/interruption.hpp"
#include "workflow/doctor_look.hpp"

namespace kpkg::workflow {

Result<std::vector<CheckupPoint>> check_up(const Workspace& workspace, const CheckupRequest& request) {
  const auto kernels = KPKG_TRY(kernel::find_kernels(workspace.root, workspace.host));
  const auto chosen = request.kernels.empty() ? kernels : KPKG_TRY(kernel::select(kernels, request.kernels));
  const auto records = look_at_records(workspace);
  const Surroundings around{workspace, records, kernels, request.probe};
  auto points = KPKG_TRY(system_points(around));
  for (const auto& kernel : chosen) {
    if (system::Interruption::is_pending()) return fail(ErrorKind::interrupted, "interrupted while looking");
    const auto seen = KPKG_TRY(look_at_kernel(around, kernel));
    for (auto& point : kernel_points(seen)) points.push_back(std::move(point));
  }
  return points;
}

}  // namespace kpkg::workflow
