// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/install.hpp"

#include "install/apply.hpp"
#include "store/artifact_directory.hpp"
#include "store/verdicts.hpp"
#include "system/interruption.hpp"
#include "workflow/apply_plans.hpp"
#include "workflow/loading.hpp"
#include "workflow/wishes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::workflow {
namespace {

/// What a command's exit status tells when several things went wrong: the first of these that did.
constexpr std::array<ErrorKind, 6> importance = {ErrorKind::interrupted,    ErrorKind::trust,
                                                 ErrorKind::install_failed, ErrorKind::incompatible,
                                                 ErrorKind::build_failed,   ErrorKind::no_tree};

const LoadedRecipe& recipe_named(const InstallRequest& request, const std::string& name) {
  return *std::find_if(request.make.recipes.begin(), request.make.recipes.end(),
                       [&](const auto& recipe) { return recipe.recipe.name == name; });
}

const Target& target_of(const InstallRequest& request, const std::string& release) {
  return *std::find_if(request.make.targets.begin(), request.make.targets.end(),
                       [&](const auto& target) { return target.kernel.release == release; });
}

bool may_install(const PairResult& pair, Force force) {
  return pair.is_ready() || (pair.state == PairState::refused && force == Force::yes);
}

/// A plan with what it came from.
struct Planned {
  install::Wish wish;
  install::Wish previous;
  install::Plan plan;
};

class Installer {
 public:
  Installer(const Workspace& workspace, Session& session, const InstallRequest& request)
      : workspace_(workspace), session_(session), request_(request) {}

  Result<InstallOutcome> run() {
    outcome_.pairs = KPKG_TRY(make_pairs(workspace_, session_, request_.make));
    for (const auto& pair : outcome_.pairs)
      if (may_install(pair, request_.force)) KPKG_TRY(plan(pair));
    for (const auto& planned : planned_) outcome_.plans.push_back(planned.plan);
    const bool changes = std::any_of(planned_.begin(), planned_.end(), [](const auto& planned) {
      return !install::changes_nothing(planned.plan);
    });
    if (request_.dry_run == DryRun::yes) return std::move(outcome_);
    if (changes && request_.agrees && !request_.agrees(outcome_.plans)) {
      if (system::Interruption::is_pending())
        return fail(ErrorKind::interrupted, "interrupted at the question");
      outcome_.declined = true;
      return std::move(outcome_);
    }
    KPKG_TRY(apply_all());
    KPKG_TRY(remember_wishes());
    if (request_.load == Load::yes) KPKG_TRY(load_all());
    return std::move(outcome_);
  }

 private:
  Status plan(const PairResult& pair) {
    const auto& recipe = recipe_named(request_, pair.recipe);
    auto wish = KPKG_TRY(wish_of(workspace_, recipe, pair, request_.force));
    auto plan = KPKG_TRY(plan_of(wish));
    if (install::is_refused(plan)) {
      outcome_.errors.push_back(install::refusal_of(plan));
      outcome_.errors.back().context.push_back(fmt::format("{} for {}", pair.recipe, pair.kernel));
      return {};
    }
    const auto own = KPKG_TRY(store::installed_of(session_.store, pair.recipe, pair.kernel));
    auto previous = wish_of_installed(own, wish);
    planned_.push_back({std::move(wish), std::move(previous), std::move(plan)});
    return {};
  }

  Result<install::Plan> plan_of(const install::Wish& wish) {
    const auto recorded = KPKG_TRY(store::installed_for(session_.store, wish.kernel));
    return install::plan(wish, KPKG_TRY(install::observe(workspace_.root, wish, recorded)), {});
  }

  Status apply_all() {
    for (const auto& target : request_.make.targets) {
      std::vector<install::Plan> plans;
      for (const auto& planned : planned_) {
        if (planned.plan.kernel != target.kernel.release) continue;
        // Planned anew: the kernel before has just got the configuration files that serve all of them.
        plans.push_back(KPKG_TRY(plan_of(planned.wish)));
      }
      KPKG_TRY(apply_for_kernel(target.kernel.release, plans));
    }
    return {};
  }

  Status apply_for_kernel(const std::string& kernel, const std::vector<install::Plan>& plans) {
    const auto applied = apply_plans(workspace_, session_, plans);
    if (applied) {
      outcome_.changed = outcome_.changed || *applied;
      return record_overrides(kernel);
    }
    if (applied.error().kind == ErrorKind::interrupted) return fail(applied.error());
    if (plans.size() > 1) {
      // One recipe that cannot be installed must not keep the others out: each by itself, at the price of a
      // depmod each.
      for (const auto& plan : plans) KPKG_TRY(apply_for_kernel(kernel, {plan}));
      return {};
    }
    outcome_.errors.push_back(applied.error());
    if (!plans.empty()) forget_plan(plans.front());
    return {};
  }

  /// What could not be installed is neither told as installed, nor loaded, nor wanted from now on.
  void forget_plan(const install::Plan& lost) {
    tell_no_more(lost);
    planned_.erase(std::remove_if(planned_.begin(), planned_.end(),
                                  [&](const auto& planned) { return is_same_pair(planned.plan, lost); }),
                   planned_.end());
  }

  void tell_no_more(const install::Plan& lost) {
    outcome_.plans.erase(std::remove_if(outcome_.plans.begin(), outcome_.plans.end(),
                                        [&](const auto& plan) { return is_same_pair(plan, lost); }),
                         outcome_.plans.end());
  }

  static bool is_same_pair(const install::Plan& one, const install::Plan& other) {
    return one.recipe == other.recipe && one.kernel == other.kernel;
  }

  /// A verdict is never softened, only overridden, and that is written down (invariant I6).
  Status record_overrides(const std::string& kernel) {
    for (const auto& planned : planned_) {
      for (const auto& module : planned.wish.modules) {
        if (planned.plan.kernel != kernel || module.overridden_by.empty()) continue;
        auto verdict = KPKG_TRY(store::find_verdict(session_.store, module.digest, kernel));
        if (!verdict) continue;
        verdict->overridden_by = module.overridden_by;
        KPKG_TRY(store::record_verdict(session_.store, *verdict));
      }
    }
    return {};
  }

  Status remember_wishes() {
    for (const auto& planned : planned_) {
      const auto& recipe = recipe_named(request_, planned.wish.recipe);
      KPKG_TRY(store::wish_for(session_.store, {.recipe = planned.wish.recipe,
                                                .version = planned.wish.version,
                                                .since = workspace_.clock(),
                                                .automatic = store::WishRecord::Automatic::yes,
                                                .origin = recipe.file}));
    }
    return {};
  }

  Status load_all() {
    for (const auto& planned : planned_) {
      const auto& target = target_of(request_, planned.plan.kernel);
      const auto& recipe = recipe_named(request_, planned.plan.recipe);
      if (!target.kernel.is_running || !recipe.recipe.install.load) continue;
      KPKG_TRY(load(planned, recipe));
    }
    return {};
  }

  Status load(const Planned& planned, const LoadedRecipe& recipe) {
    for (const auto& module : planned.wish.modules) {
      const auto report = KPKG_TRY(load_module(workspace_, session_, planned.wish, module));
      LoadResult result{planned.wish.recipe, planned.wish.kernel, report, false};
      if (must_undo(report.outcome, recipe.recipe.install.on_load_failure)) {
        KPKG_TRY(go_back(planned));
        result.was_undone = true;
        outcome_.errors.push_back(
            {.kind = ErrorKind::install_failed,
             .message = fmt::format("{} was installed and did not start: {}", module.name, report.detail),
             .context = {},
             .hint = "the installation was undone; the kernel's log (dmesg) says more"});
      }
      outcome_.loads.push_back(std::move(result));
      if (!outcome_.loads.back().was_undone) continue;
      tell_no_more(planned.plan);
      return {};
    }
    return {};
  }

  static bool must_undo(install::LoadOutcome outcome, recipe::OnLoadFailure policy) {
    if (outcome == install::LoadOutcome::refused) return true;
    return outcome == install::LoadOutcome::init_failed && policy == recipe::OnLoadFailure::undo;
  }

  /// Puts back what was installed before, and loads it again if it was something.
  Status go_back(const Planned& planned) {
    const auto back = KPKG_TRY(plan_of(planned.previous));
    KPKG_TRY(apply_plans(workspace_, session_, {back}));
    if (planned.previous.modules.empty()) return store::forget_wish(session_.store, planned.wish.recipe);
    for (const auto& module : planned.previous.modules)
      KPKG_TRY(load_module(workspace_, session_, planned.previous, module));
    return {};
  }

  const Workspace& workspace_;
  Session& session_;
  const InstallRequest& request_;
  std::vector<Planned> planned_;
  InstallOutcome outcome_;
};

}  // namespace

std::optional<ErrorKind> InstallOutcome::failure() const {
  std::vector<ErrorKind> kinds;
  for (const auto& error : errors) kinds.push_back(error.kind);
  for (const auto& pair : pairs)
    if (const auto kind = failure_of(pair)) kinds.push_back(*kind);
  if (kinds.empty()) return std::nullopt;
  for (const auto kind : importance)
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return kind;
  return kinds.front();
}

Result<InstallOutcome> install(const Workspace& workspace, Session& session, const InstallRequest& request) {
  return Installer(workspace, session, request).run();
}

}  // namespace kpkg::workflow
