// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/autoinstall_plan.hpp"
#include "dkms/checks.hpp"
#include "dkms/healing.hpp"
#include "dkms/post_transaction.hpp"
#include "dkmsbuild/depmod.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace kpkg::dkms {
namespace {

using dkmsbuild::Engine;

constexpr const char* switch_off = "/etc/dkms/no-autoinstall";

/// What there is to do.
struct Choice {
  std::vector<Candidate> candidates;
  std::vector<std::pair<std::string, ExitStatus>> unreadable;  ///< modules whose configuration is bad or gone
  std::vector<std::string> installed;
  std::set<std::string> known;
};

Result<Choice> choose(const Context& context) {
  const auto target = context.target();
  const auto tree = dkmstree::read_tree(context.root(), context.places);
  Choice choice;
  for (const auto& module : newest_versions(context, tree, target)) {
    choice.known.insert(module.id.module);
    const dkmstree::BuildId build{module.id.module, module.id.version, target};
    const bool has_lost = module.is_installed && KPKG_TRY(has_vanished(context, build));
    if (module.is_installed && !has_lost) {
      choice.installed.push_back(module.id.module);
      continue;
    }
    if (has_lost) KPKG_TRY(forget_vanished(context, build));
    const auto request = dkmsbuild::conf_request(task_in_tree(context, build), dkmsconf::Purpose::looking);
    const auto reading = KPKG_TRY(context.reader.read_or_refuse(request, context.printer()));
    // DKMS ends here, and leaves all others without their modules.
    if (reading.status != 0) choice.unreadable.emplace_back(build.module, reading.status);
    if (reading.status != 0 || !reading.conf.is_installed_by_itself) continue;
    const auto now = KPKG_TRY(module_now(context, build.module));
    choice.candidates.push_back({.id = module.id,
                                 .depends = reading.conf.build_depends,
                                 .is_built = is_built(now, build.version, target)});
  }
  return choice;
}

/// Installs some for which the kernel was looked at, and tells of each as it was alone.
Status install_some(const Context& context, Engine& engine, std::span<const Candidate> candidates,
                    AutoinstallPlan& plan) {
  if (candidates.empty()) return {};
  const auto target = context.target();
  std::vector<dkmsbuild::Task> tasks;
  for (const auto& candidate : candidates) tasks.push_back(task_for(context, candidate.id, target));
  const dkmsbuild::TaskObserver observer{
      .before =
          [&](const dkmsbuild::Task& task) {
            dkmsbuild::say_line(context.printer(),
                                fmt::format("Autoinstall of module {} for kernel {} ({})",
                                            task.id.of().text(), target.kernel, target.arch));
          },
      .after = [&](const dkmsbuild::Task&, ExitStatus) { dkmsbuild::say_line(context.printer(), ""); }};
  const auto statuses = KPKG_TRY(engine.install_together(tasks, observer));
  for (std::size_t i = 0; i < statuses.size(); ++i) plan.note(candidates[i].id.module, statuses[i]);
  return {};
}

/// Installs those of a round. The kernel is looked at once, before the first one that has to be built:
/// without headers everything ends there.
Result<ExitStatus> install_round(const Context& context, Engine& engine, const std::vector<Candidate>& round,
                                 AutoinstallPlan& plan) {
  const auto first =
      std::find_if(round.begin(), round.end(), [](const auto& candidate) { return !candidate.is_built; });
  const auto before = static_cast<std::size_t>(first - round.begin());
  const std::span all(round);
  KPKG_TRY(install_some(context, engine, all.first(before), plan));
  if (first == round.end()) return 0;
  const auto status = KPKG_TRY(engine.prepare(task_for(context, first->id, context.target())));
  if (status != 0) return status;
  KPKG_TRY(install_some(context, engine, all.subspan(before), plan));
  return 0;
}

Result<ExitStatus> install_missing(const Context& context, Engine& engine) {
  auto choice = KPKG_TRY(choose(context));
  if (choice.candidates.empty() && choice.unreadable.empty()) return 0;
  AutoinstallPlan plan(std::move(choice.candidates), std::move(choice.installed), std::move(choice.known));
  for (const auto& [module, status] : choice.unreadable) plan.note(module, status);
  for (auto round = plan.next_round(); !round.empty(); round = plan.next_round()) {
    const auto status = KPKG_TRY(install_round(context, engine, round, plan));
    if (status != 0) return status;
  }
  context.printer().say(dkmsconf::Stream::output, plan.report(context.target().kernel));
  if (!plan.has_failed()) return plan.has_installed() ? conclude_transaction(context, 0) : 0;
  return refuse(context,
                {11, dkmsconf::error_remark({"One or more modules failed to install during autoinstall.",
                                             "Refer to previous errors for more information."})});
}

}  // namespace

Result<ExitStatus> run_autoinstall(const Context& context, Engine& engine) {
  const auto& action = context.arguments.action;
  if (const auto refusal = not_one_kernel(context.arguments, context.targets.size(), action))
    return refuse(context, *refusal);
  if (const auto refusal = without_root(context)) return refuse(context, *refusal);
  if (kind_of(context.root(), switch_off) == WordKind::file) {
    dkmsbuild::say_line(context.printer(), "Automatic installation of modules has been disabled.");
    return 0;
  }
  KPKG_TRY(dkmsbuild::heal_index(context.site, context.target()));
  return install_missing(context, engine);
}

}  // namespace kpkg::dkms
