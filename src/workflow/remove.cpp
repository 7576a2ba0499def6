// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/remove.hpp"

#include "base/text.hpp"
#include "store/installed.hpp"
#include "store/recipes.hpp"
#include "system/interruption.hpp"
#include "workflow/apply_plans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace kpkg::workflow {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

class Remover {
 public:
  Remover(const Workspace& workspace, Session& session, const RemoveRequest& request)
      : workspace_(workspace), session_(session), request_(request) {}

  Result<RemoveOutcome> run() {
    files_ = KPKG_TRY(store::installed(session_.store));
    auto recipes = KPKG_TRY(recipes_to_remove());
    for (const auto& recipe : recipes)
      for (const auto& kernel : kernels_of(recipe)) KPKG_TRY(plan(recipe, kernel));
    if (request_.dry_run == DryRun::yes) return std::move(outcome_);
    if (!outcome_.plans.empty() && request_.agrees && !request_.agrees(outcome_.plans)) {
      if (system::Interruption::is_pending())
        return fail(ErrorKind::interrupted, "interrupted at the question");
      outcome_.declined = true;
      return std::move(outcome_);
    }
    KPKG_TRY(unload());
    KPKG_TRY(apply_all());
    KPKG_TRY(forget(recipes));
    return std::move(outcome_);
  }

 private:
  /// Kernel by kernel, so that depmod runs once for each.
  Status apply_all() {
    std::map<std::string, std::vector<install::Plan>> by_kernel;
    for (const auto& plan : outcome_.plans) by_kernel[plan.kernel].push_back(plan);
    for (const auto& [kernel, plans] : by_kernel) {
      const bool changed = KPKG_TRY(apply_plans(workspace_, session_, plans));
      outcome_.changed = outcome_.changed || changed;
    }
    return {};
  }

  Result<std::vector<std::string>> recipes_to_remove() {
    std::vector<std::string> known;
    for (const auto& file : files_)
      if (!contains(known, file.recipe)) known.push_back(file.recipe);
    for (const auto& wish : KPKG_TRY(store::wishes(session_.store)))
      if (!contains(known, wish.recipe)) known.push_back(wish.recipe);
    if (request_.recipes.empty()) return known;
    for (const auto& name : request_.recipes) {
      if (contains(known, name)) continue;
      const auto meant = nearest(name, known);
      return fail(ErrorKind::not_found, fmt::format("{} is not installed", printable(name)),
                  meant ? fmt::format("did you mean {}?", *meant) : "kpkg status shows what is installed");
    }
    return request_.recipes;
  }

  std::vector<std::string> all_kernels_of(const std::string& recipe) const {
    std::vector<std::string> kernels;
    for (const auto& file : files_)
      if (file.recipe == recipe && !file.kernel.empty() && !contains(kernels, file.kernel))
        kernels.push_back(file.kernel);
    return kernels;
  }

  std::vector<std::string> kernels_of(const std::string& recipe) const {
    auto kernels = all_kernels_of(recipe);
    if (request_.kernels.empty()) return kernels;
    kernels.erase(std::remove_if(kernels.begin(), kernels.end(),
                                 [&](const auto& kernel) { return !contains(request_.kernels, kernel); }),
                  kernels.end());
    return kernels;
  }

  /// Configuration serves every kernel: it goes with the last one, and only if the recipe is not wanted any
  /// more.
  bool removes_last_kernel(const std::string& recipe, const std::string& kernel) const {
    std::set<std::string> left;
    for (const auto& each : all_kernels_of(recipe)) left.insert(each);
    for (const auto& each : kernels_of(recipe)) {
      left.erase(each);
      if (each == kernel) break;
    }
    return left.empty() && request_.forget == Forget::yes;
  }

  Status plan(const std::string& recipe, const std::string& kernel) {
    install::Wish wish{.recipe = recipe, .version = "", .kernel = kernel};
    for (const auto& file : files_)
      if (file.recipe == recipe) wish.version = file.version;
    if (removes_last_kernel(recipe, kernel)) wish.configuration = std::vector<install::WantedFile>{};
    const auto recorded = KPKG_TRY(store::installed_for(session_.store, kernel));
    const auto state = install::observe(workspace_.root, wish, recorded);
    if (!state && state.error().kind == ErrorKind::not_found) return forget_gone_kernel(recipe, kernel);
    outcome_.plans.push_back(install::plan(wish, KPKG_TRY(state), {}));
    return {};
  }

  /// The kernel's directory was removed as a whole: there is nothing to uninstall, only to forget.
  Status forget_gone_kernel(const std::string& recipe, const std::string& kernel) {
    outcome_.gone_kernels.push_back(kernel);
    if (request_.dry_run == DryRun::yes) return {};
    for (const auto& file : files_)
      if (file.recipe == recipe && file.kernel == kernel)
        KPKG_TRY(store::forget_installed(session_.store, file.path));
    outcome_.changed = true;
    return {};
  }

  std::vector<install::LoadRequest> modules_that_may_be_loaded() const {
    std::vector<install::LoadRequest> modules;
    for (const auto& plan : outcome_.plans)
      for (const auto& file : files_)
        if (plan.kernel == workspace_.host.release && file.recipe == plan.recipe &&
            file.kernel == plan.kernel && !file.module.empty())
          modules.push_back({.module = file.module, .kernel = plan.kernel, .running = plan.kernel});
    return modules;
  }

  Status unload() {
    if (request_.load == Load::no || !workspace_.root.is_host()) return {};
    outcome_.unloads =
        KPKG_TRY(install::unload_all(modules_that_may_be_loaded(), workspace_.root, workspace_.runner));
    return {};
  }

  Status forget(const std::vector<std::string>& recipes) {
    if (request_.forget == Forget::no) return {};
    for (const auto& recipe : recipes) {
      if (kernels_of(recipe).size() != all_kernels_of(recipe).size()) continue;
      KPKG_TRY(store::forget_wish(session_.store, recipe));
      outcome_.changed = true;
    }
    return {};
  }

  const Workspace& workspace_;
  Session& session_;
  const RemoveRequest& request_;
  std::vector<store::InstalledRecord> files_;
  RemoveOutcome outcome_;
};

}  // namespace

Result<RemoveOutcome> remove(const Workspace& workspace, Session& session, const RemoveRequest& request) {
  return Remover(workspace, session, request).run();
}

}  // namespace kpkg::workflow
