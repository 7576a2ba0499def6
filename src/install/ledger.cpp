// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/apply.hpp"

namespace kpkg::install {
namespace {

store::InstalledRecord record_of(const Plan& plan, const Step& step, std::int64_t transaction) {
  store::InstalledRecord record;
  record.recipe = plan.recipe;
  record.version = plan.version;
  record.path = step.path;
  record.digest = step.digest.value_or(crypto::Digest{});
  record.transaction = transaction;
  record.kind = step.module.empty() ? store::FileKind::configuration : store::FileKind::module;
  if (record.kind == store::FileKind::configuration) return record;
  record.kernel = plan.kernel;
  record.module = step.module;
  record.artifact = step.digest;
  record.allowed_by = step.allowed_by;
  return record;
}

Status record_step(store::Store& store, const Plan& plan, const Step& step, std::int64_t transaction) {
  switch (step.kind) {
    case StepKind::keep_file:
    case StepKind::put_module:
    case StepKind::put_configuration:
      return store::record_installed(store, record_of(plan, step, transaction));
    case StepKind::leave_file:
    case StepKind::remove_file: return store::forget_installed(store, step.path);
    case StepKind::index:
    case StepKind::check:
    case StepKind::initramfs: return {};
  }
  return {};
}

}  // namespace

Status StoreLedger::record(std::int64_t transaction, const Plan& plan) {
  return store_.together([&]() -> Status {
    for (const auto& step : plan.steps) KPKG_TRY(record_step(store_, plan, step, transaction));
    return {};
  });
}

}  // namespace kpkg::install
