// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkms/post_transaction.hpp"

#include <vector>

namespace kpkg::dkms {
namespace {

using Work = Result<ExitStatus> (dkmsbuild::Engine::*)(const dkmsbuild::Task&);

/// The work for one kernel. A version that is named by a path is added first: so DKMS knows which it is.
Result<ExitStatus> work_for(const Context& context, dkmsbuild::Engine& engine, Work work,
                            const dkmstree::Target& target) {
  auto id = context.id();
  if (id.module.empty() || id.version.empty()) {
    const auto added = KPKG_TRY(add(context, id, target));
    if (added.id.module.empty()) return added.status;
    dkmsbuild::say_line(context.printer(), "");
    id = added.id;
  }
  return (engine.*work)(task_for(context, id, target));
}

/// The work for each kernel: one that fails keeps none from the next, and the last one's status counts.
Result<ExitStatus> work_for_all(const Context& context, dkmsbuild::Engine& engine, Work work) {
  ExitStatus status = 0;
  const auto mark = context.reader.mark();
  if (context.targets.size() > 1 && !context.id().module.empty() && !context.id().version.empty()) {
    std::vector<dkmsbuild::Task> tasks;
    for (const auto& target : context.targets) tasks.push_back(task_for(context, context.id(), target));
    KPKG_TRY(engine.expect(tasks));
  }
  for (const auto& target : context.targets) {
    status = KPKG_TRY(work_for(context, engine, work, target));
    context.reader.put_back(mark);
  }
  return status;
}

}  // namespace

Result<ExitStatus> run_build(const Context& context, dkmsbuild::Engine& engine) {
  if (const auto refusal = with_all(context.arguments, "build")) return refuse(context, *refusal);
  if (const auto refusal = KPKG_TRY(broken(context, context.id()))) return refuse(context, *refusal);
  if (const auto refusal = without_tree(context)) return refuse(context, *refusal);
  return work_for_all(context, engine, &dkmsbuild::Engine::build);
}

Result<ExitStatus> run_install(const Context& context, dkmsbuild::Engine& engine) {
  if (const auto refusal = with_all(context.arguments, "install")) return refuse(context, *refusal);
  if (const auto refusal = KPKG_TRY(broken(context, context.id()))) return refuse(context, *refusal);
  if (const auto refusal = without_root(context)) return refuse(context, *refusal);
  const auto status = KPKG_TRY(work_for_all(context, engine, &dkmsbuild::Engine::install));
  return conclude_transaction(context, status);
}

}  // namespace kpkg::dkms
