// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/index_renewal.hpp"

#include "kernel/stamp.hpp"

namespace kpkg::kernel {

Status renew_index(const system::Root& root, const Kernel& kernel, Memory& memory,
                   const std::function<Status()>& write) {
  const auto before = stamp_of(root, kernel, Index::included);
  const auto rest = stamp_of(root, kernel, Index::left_out);
  KPKG_TRY(write());
  if (!before || !rest) return {};
  const auto kept = memory.recall(facts_key(kernel));
  const auto meant = kept_stamp(*before, kernel, memory);
  const bool was_true = kept && (kept->view().starts_with(*before) || kept->view().starts_with(meant));
  const auto rest_now = stamp_of(root, kernel, Index::left_out);
  const auto now = stamp_of(root, kernel, Index::included);
  if (!was_true || !now || !rest_now || *rest_now != *rest) return {};
  memory.keep(renewal_key(kernel), *now + std::string(kept->view().substr(0, stamp_size)));
  return {};
}

}  // namespace kpkg::kernel
