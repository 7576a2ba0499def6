// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "workflow/attester.hpp"
#include "workflow/doctor_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

using Subject = CheckupSubject;

constexpr std::size_t most_details = 8;

std::vector<std::string> first_of(const std::vector<std::string>& all) {
  if (all.size() <= most_details) return all;
  std::vector<std::string> some(all.begin(), all.begin() + most_details);
  some.push_back(fmt::format("and {} more", all.size() - most_details));
  return some;
}

CheckupPoint left_over_point(const kernel::Kernel& kernel) {
  return {Subject::kernel, Health::note,
          "it is not here any more: only " + kernel.module_directory + " is left of it",
          "it takes space and nothing boots it", "if it is gone for good: rm -r " + kernel.module_directory};
}

CheckupPoint image_point(const KernelSeen& seen) {
  const auto& kernel = seen.kernel;
  if (seen.trouble) return not_looked_at(Subject::kernel, *seen.trouble);
  if (!kernel.has_modules)
    return {Subject::kernel, Health::note, "it has no modules of its own",
            "what it asks of modules is not known from them", "install the package that has them"};
  if (!kernel.image)
    return {
        Subject::kernel,
        Health::note,
        "its image is not here",
        "what it exports and how it lays structs out is known only as far as its modules and headers tell it",
        "install the kernel's package, or mount /boot",
        seen.notes};
  if (!seen.knows_symbols)
    return {Subject::kernel,
            Health::note,
            "what it exports is not known",
            "whether it would load a module cannot be foretold in full",
            "kpkg kernel show says what is known",
            seen.notes};
  return {Subject::kernel, Health::good, "its image is " + *kernel.image, "", "", seen.notes};
}

CheckupPoint signatures_point(const KernelSeen& seen) {
  const auto& demand = seen.demand;
  if (seen.checks_signatures == false)
    return {Subject::signatures, Health::good, "it looks at no signatures"};
  if (demand.is_made())
    return {Subject::signatures, Health::problem,
            demand.enforced.value_or(false) ? "it loads signed modules only"
                                            : "it is locked down, and loads signed modules only",
            "this kpkg signs no modules: the kernel refuses those that it builds",
            "sign them by hand with a key of the machine's owner (mokutil), or boot without Secure Boot"};
  if (seen.ima_appraises.value_or(false))
    return {Subject::signatures, Health::problem, "IMA demands a signature of its own of every module",
            "this kpkg signs no modules: the kernel refuses those that it builds",
            "sign them by hand with evmctl, or change the policy of IMA"};
  if (!seen.checks_signatures || !demand.is_known())
    return {Subject::signatures, Health::note, "whether it demands signatures is not known",
            "it may refuse modules that kpkg builds",
            seen.kernel.is_running ? "run kpkg doctor as root" : ""};
  return {Subject::signatures, Health::good, "it looks at signatures, and loads what has none"};
}

/// Each place that was looked at, and why it is not taken.
std::vector<std::string> objections(const ResolvedTree& resolved) {
  std::vector<std::string> texts;
  for (const auto& step : resolved.steps)
    if (!step.is_taken)
      texts.push_back(fmt::format("{} ({}): {}", step.place, name_of(step.origin), step.text));
  return texts;
}

CheckupPoint taken_point(const KernelSeen& seen, const TreeStep& taken) {
  const auto& attestation = *taken.attestation;
  CheckupPoint point{
      Subject::tree, Health::good,
      fmt::format("{} ({}): {}", taken.place, name_of(taken.origin), tree::name_of(attestation.standing))};
  point.details = objections(seen.tree);
  if (attestation.standing <= tree::Standing::verified) return point;
  point.health = Health::note;
  point.meaning = "nothing proves so far that it describes this kernel: " + objection_to(attestation);
  point.remedy = fmt::format("kpkg kernel tree -k {} looks closer", seen.kernel.release);
  return point;
}

CheckupPoint tree_point(const KernelSeen& seen) {
  if (seen.tree_trouble) return not_looked_at(Subject::tree, *seen.tree_trouble);
  if (const auto* const taken = seen.tree.taken()) return taken_point(seen, *taken);
  const auto& steps = seen.tree.steps;
  CheckupPoint point{Subject::tree,          Health::problem,
                     "no tree describes it", "no module can be built for it",
                     seen.headers_hint,      objections(seen.tree)};
  if (steps.empty()) point.text = "its headers are not installed";
  const auto look_closer = fmt::format("kpkg kernel tree -k {}", seen.kernel.release);
  const bool is_open = std::any_of(steps.begin(), steps.end(), [](const auto& step) {
    return step.attestation && step.attestation->standing == tree::Standing::usable;
  });
  if (is_open || seen.tree.is_mendable) point.health = Health::note;
  if (is_open) {
    point.meaning = "nothing proves so far that the copy describes this kernel";
    point.remedy = look_closer + " looks closer";
  } else if (seen.tree.is_mendable) {
    point.meaning = "what is built for it is built in a mended copy, which kpkg makes then";
    point.remedy = look_closer + " --make makes it now; " +
                   (seen.headers_hint.empty() ? "install the headers again" : seen.headers_hint);
  }
  return point;
}

CheckupPoint index_point(const KernelSeen& seen) {
  const auto& index = seen.index;
  if (index.trouble) return not_looked_at(Subject::index, *index.trouble);
  const auto found = [&](Health health, std::string text, std::string meaning,
                         const std::vector<std::string>& files) {
    return CheckupPoint{Subject::index,     health,      std::move(text),
                        std::move(meaning), seen.depmod, first_of(files)};
  };
  if (!index.absent.empty())
    return found(Health::problem,
                 join(index.absent, " and ") + (index.absent.size() > 1 ? " are absent" : " is absent"),
                 "modprobe finds no module of this kernel", {});
  if (!index.unlisted.empty())
    return found(Health::problem,
                 fmt::format("modules.dep lacks {}", counted(index.unlisted.size(), "module")),
                 "modprobe does not find what it lacks", index.unlisted);
  if (!index.gone.empty())
    return found(Health::problem,
                 fmt::format("modules.dep names {} that are not there", counted(index.gone.size(), "module")),
                 "modprobe looks for what is gone", index.gone);
  if (!index.newer.empty())
    return found(
        Health::note,
        fmt::format("{} changed after modules.dep was written", counted(index.newer.size(), "module")),
        "what they need may be another list now", index.newer);
  return {Subject::index, Health::good, "modules.dep has every module that was added"};
}

std::vector<CheckupPoint> recipe_points(const KernelSeen& seen) {
  std::vector<CheckupPoint> points;
  for (const auto& recipe : seen.recipes)
    points.push_back({Subject::recipes, recipe.is_trouble ? Health::problem : Health::note,
                      fmt::format("{}: {}", recipe.recipe, recipe.text), "",
                      fmt::format("kpkg why {} -k {}", recipe.recipe, seen.kernel.release)});
  if (points.empty() && seen.recipes_in_order > 0)
    points.push_back(
        {Subject::recipes, Health::good, counted(seen.recipes_in_order, "recipe") + " in order"});
  return points;
}

}  // namespace

bool is_left_over(const kernel::Kernel& kernel) {
  return !kernel.image && !kernel.has_modules && !kernel.tree;
}

std::vector<CheckupPoint> kernel_points(const KernelSeen& seen) {
  const auto& kernel = seen.kernel;
  const bool is_learned = !seen.trouble && !is_left_over(kernel);
  std::vector<CheckupPoint> points = {is_left_over(kernel) ? left_over_point(kernel) : image_point(seen)};
  if (is_learned && kernel.has_modules) points.push_back(signatures_point(seen));
  if (is_learned && (kernel.has_modules || kernel.tree)) points.push_back(tree_point(seen));
  if (kernel.has_modules) points.push_back(index_point(seen));
  if (!seen.shared_with_dkms.empty())
    points.push_back({Subject::dkms,
                      Health::problem,
                      "dkms and kpkg both installed " + join(seen.shared_with_dkms, ", "),
                      "which of the two is loaded depends on depmod",
                      "kpkg remove, or dkms remove: one of them",
                      {}});
  for (auto& point : recipe_points(seen)) points.push_back(std::move(point));
  for (auto& point : points) point.kernel = seen.kernel.release;
  return points;
}

}  // namespace kpkg::workflow
