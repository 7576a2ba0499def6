// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkms/post_transaction.hpp"
#include "dkms/safe_upgrade.hpp"
#include "dkmstree/change.hpp"

#include <fmt/format.h>

namespace kpkg::dkms {
namespace {

using dkmsbuild::Engine;

/// What must be so before anything of a version goes.
Result<ExitStatus> check_version(const Context& context, std::string_view action) {
  const auto id = context.id();
  if (const auto refusal = without_names(id, action)) return refuse(context, *refusal);
  if (const auto refusal = KPKG_TRY(broken(context, id))) return refuse(context, *refusal);
  if (const auto refusal = KPKG_TRY(not_added(context, id))) return refuse(context, *refusal);
  const auto refusal = action == "uninstall" ? without_root(context) : without_tree(context);
  return refusal ? refuse(context, *refusal) : 0;
}

Result<ExitStatus> uninstall_and_unbuild(Engine& engine, const dkmsbuild::Task& task) {
  const auto status = KPKG_TRY(engine.uninstall(task));
  if (status != 0) return status;
  return engine.unbuild(task);
}

/// Removes the version once nothing is built of it, and what killed commands left of it.
Status remove_version(const Context& context, const dkmstree::VersionId& id) {
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto* version = module.version_of(id.version);
  if (version == nullptr || !version->builds.empty()) return {};
  const auto steps = KPKG_TRY(dkmstree::steps_to_remove(context.places, module, id));
  dkmsbuild::say_line(context.printer(),
                      fmt::format("Deleting module {} completely from the DKMS tree.", id.text()));
  return dkmstree::perform(context.root(), steps);
}

}  // namespace

Result<ExitStatus> run_uninstall(const Context& context, Engine& engine) {
  if (const auto status = KPKG_TRY(check_version(context, "uninstall")); status != 0) return status;
  for (std::size_t i = 0; i < context.targets.size(); ++i) {
    if (i > 0) dkmsbuild::say_line(context.printer(), "");
    const auto status = KPKG_TRY(engine.uninstall(task_for(context, context.id(), context.targets[i])));
    if (status != 0) return status;
  }
  return conclude_transaction(context, 0);
}

Result<ExitStatus> run_unbuild(const Context& context, Engine& engine) {
  if (const auto status = KPKG_TRY(check_version(context, "unbuild")); status != 0) return status;
  for (std::size_t i = 0; i < context.targets.size(); ++i) {
    if (i > 0) dkmsbuild::say_line(context.printer(), "");
    const auto status =
        KPKG_TRY(uninstall_and_unbuild(engine, task_for(context, context.id(), context.targets[i])));
    if (status != 0) return status;
  }
  return conclude_transaction(context, 0);
}

Result<ExitStatus> run_remove(const Context& context, Engine& engine) {
  if (const auto status = KPKG_TRY(check_version(context, "remove")); status != 0) return status;
  const auto id = context.id();
  KPKG_TRY(
      dkmstree::perform(context.root(), dkmstree::steps_to_sweep(KPKG_TRY(module_now(context, id.module)))));
  if (context.arguments.is_safe_upgrade && KPKG_TRY(take_note(context, id)))
    return refuse(
        context,
        {0, dkmsconf::warning_remark({"Remove cancelled because --rpm_safe_upgrade scenario detected."})});
  for (const auto& target : context.targets) {
    const auto status = KPKG_TRY(uninstall_and_unbuild(engine, task_for(context, id, target)));
    if (status != 0) return status;
    dkmsbuild::say_line(context.printer(), "");
  }
  KPKG_TRY(remove_version(context, id));
  return conclude_transaction(context, 0);
}

}  // namespace kpkg::dkms
