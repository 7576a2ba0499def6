// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/joint_plan.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace kpkg::install {
namespace {

enum class Turn { files, index, checks, initramfs };

Turn turn_of(StepKind kind) {
  switch (kind) {
    case StepKind::keep_file:
    case StepKind::leave_file:
    case StepKind::put_module:
    case StepKind::put_configuration:
    case StepKind::remove_file: return Turn::files;
    case StepKind::index: return Turn::index;
    case StepKind::check: return Turn::checks;
    case StepKind::initramfs: return Turn::initramfs;
  }
  return Turn::files;
}

/// Who has what, by path and by the name of a module.
using Owners = std::map<std::string, const Plan*>;

Status claim(Owners& owners, const std::string& thing, const Plan& plan) {
  const auto* owner = owners.emplace(thing, &plan).first->second;
  if (owner == &plan) return {};
  return fail(ErrorKind::conflict,
              fmt::format("{} is in the plans of both {} and {}", thing, owner->recipe, plan.recipe),
              "install one of the two recipes");
}

std::vector<Step> joined_steps(std::span<const Plan> plans) {
  std::vector<Step> steps;
  for (const auto& plan : plans) steps.insert(steps.end(), plan.steps.begin(), plan.steps.end());
  std::stable_sort(steps.begin(), steps.end(), [](const Step& left, const Step& right) {
    return turn_of(left.kind) < turn_of(right.kind);
  });
  // What is equal serves all of them: the index and the initial RAM disk.
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

/// The names in the lists, each once. Order says whether a directory comes before or after what is in it.
template <typename Order>
std::vector<std::string> joined_names(std::span<const Plan> plans, std::vector<std::string> Plan::*names) {
  std::set<std::string, Order> all;
  for (const auto& plan : plans) all.insert((plan.*names).begin(), (plan.*names).end());
  return {all.begin(), all.end()};
}

}  // namespace

Status check_apart(std::span<const Plan> plans) {
  Owners paths;
  Owners modules;
  for (const auto& plan : plans) {
    for (const auto& step : plan.steps) {
      if (turn_of(step.kind) != Turn::files) continue;
      KPKG_TRY(claim(paths, step.path, plan));
      if (step.digest && !step.module.empty()) KPKG_TRY(claim(modules, module_key(step.module), plan));
    }
  }
  return {};
}

Plan joined(std::span<const Plan> plans) {
  KPKG_ASSERT(!plans.empty());
  Plan whole;
  whole.kernel = plans.front().kernel;
  whole.module_directory = plans.front().module_directory;
  for (const auto& plan : plans)
    KPKG_ASSERT(plan.kernel == whole.kernel && plan.module_directory == whole.module_directory);
  whole.index_files = joined_names<std::less<>>(plans, &Plan::index_files);
  whole.new_directories = joined_names<std::less<>>(plans, &Plan::new_directories);     // outer first
  whole.own_directories = joined_names<std::greater<>>(plans, &Plan::own_directories);  // inner first
  whole.steps = joined_steps(plans);
  return whole;
}

}  // namespace kpkg::install
