// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::recipe {
namespace {

/// One part of a condition and its answer.
struct Part {
  std::string text;
  Answer answer = Answer::unknown;
};

Answer answer_of(bool holds) {
  return holds ? Answer::yes : Answer::no;
}

Answer judge(const ConfigCondition& condition, const KernelConditions& kernel) {
  if (!kernel.configuration) return Answer::unknown;
  const auto value = kernel.configuration(condition.symbol);
  const bool is_on = value.has_value() && *value != "n";
  return answer_of(is_on == (condition.wanted == ConfigCondition::Wanted::on));
}

Answer judge(const DistributionCondition& condition, const KernelConditions& kernel) {
  if (condition.id != kernel.distribution) return Answer::no;
  if (condition.versions.bounds.empty()) return Answer::yes;
  if (kernel.distribution_version.empty()) return Answer::unknown;
  return answer_of(condition.versions.admits(kernel.distribution_version));
}

Answer judge_arch(const std::vector<std::string>& wanted, const KernelConditions& kernel) {
  const auto arch = kernel_arch(kernel.arch).value_or(kernel.arch);
  return answer_of(std::find(wanted.begin(), wanted.end(), arch) != wanted.end());
}

/// Every part that is written in `condition`, judged.
std::vector<Part> parts_of(const Condition& condition, const KernelConditions& kernel) {
  std::vector<Part> parts;
  if (condition.kernel)
    parts.push_back(
        {"kernel " + condition.kernel->text(), answer_of(condition.kernel->admits(kernel.release))});
  if (!condition.arch.empty()) parts.push_back({"arch", judge_arch(condition.arch, kernel)});
  if (condition.distribution)
    parts.push_back({fmt::format("distribution {}{}", condition.distribution->id,
                                 condition.distribution->versions.text()),
                     judge(*condition.distribution, kernel)});
  for (const auto& config : condition.config) parts.push_back({config.text(), judge(config, kernel)});
  for (const auto& probe : condition.probe)
    parts.push_back({probe.text(), kernel.probe ? kernel.probe(probe) : Answer::unknown});
  return parts;
}

/// Whether `condition` holds. Parts that nobody can answer are told only where no other part has decided it.
bool holds(const Condition& condition, const KernelConditions& kernel, std::string_view owner,
           std::vector<std::string>& unknowns) {
  const auto parts = parts_of(condition, kernel);
  const auto has = [&](Answer answer) {
    return std::any_of(parts.begin(), parts.end(), [&](const Part& part) { return part.answer == answer; });
  };
  if (has(Answer::no)) return false;
  for (const auto& part : parts) {
    if (part.answer == Answer::unknown)
      unknowns.push_back(
          fmt::format("{} is not used, because nobody can tell whether {} holds", owner, part.text));
  }
  return !has(Answer::unknown);
}

std::optional<std::size_t> matching_variant(const std::vector<Variant>& variants,
                                            const KernelConditions& kernel,
                                            std::vector<std::string>& unknowns) {
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (holds(variants[i].when, kernel, fmt::format("variant {}", i + 1), unknowns)) return i;
  }
  return std::nullopt;
}

void judge_requirements(const KernelRequirements& wanted, const KernelConditions& kernel,
                        Resolved& resolved) {
  if (wanted.min) {
    const VersionRange range{{{VersionBound::Relation::greater_equal, *wanted.min}}};
    if (!range.admits(kernel.release))
      resolved.exclusions.push_back(fmt::format("kernel {} is older than {}", kernel.release, *wanted.min));
  }
  for (const auto& config : wanted.config) {
    const bool wants_on = config.wanted == ConfigCondition::Wanted::on;
    const auto answer = judge(config, kernel);
    if (answer == Answer::no)
      resolved.exclusions.push_back(fmt::format("{} is {} in kernel {}, and the recipe needs it {}",
                                                config.symbol, wants_on ? "off" : "on", kernel.release,
                                                wants_on ? "on" : "off"));
    if (answer == Answer::unknown)
      resolved.unknowns.push_back(
          fmt::format("nobody can tell whether kernel {} has {}", kernel.release, config.text()));
  }
}

}  // namespace

Resolved resolve(const Recipe& recipe, const KernelConditions& kernel) {
  Resolved resolved;
  judge_requirements(recipe.kernel, kernel, resolved);
  resolved.variant = matching_variant(recipe.variants, kernel, resolved.unknowns);

  const auto variant = resolved.variant ? recipe.variants[*resolved.variant] : Variant{};
  resolved.sources = variant.sources.value_or(recipe.sources);
  resolved.modules = variant.modules.value_or(recipe.modules);
  const auto build = variant.build ? variant.build : recipe.build;
  resolved.build = build.value_or(Build{});
  resolved.build_origin = build ? BuildOrigin::written : BuildOrigin::implied;
  for (const auto& patch : variant.patches.value_or(recipe.patches)) {
    if (holds(patch.when, kernel, fmt::format("patch {}", patch.file), resolved.unknowns))
      resolved.patches.push_back(patch);
  }
  return resolved;
}

}  // namespace kpkg::recipe
