// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/exclusion.hpp"

#include "dkmsconf/padded_version.hpp"

#include <algorithm>
#include <array>

namespace kpkg::dkmsconf {
namespace {

constexpr std::string_view minimum = "BUILD_EXCLUSIVE_KERNEL_MIN";
constexpr std::string_view maximum = "BUILD_EXCLUSIVE_KERNEL_MAX";
constexpr std::string_view configuration = "BUILD_EXCLUSIVE_CONFIG";
constexpr std::array<std::string_view, 2> expressions = {"BUILD_EXCLUSIVE_KERNEL", "BUILD_EXCLUSIVE_ARCH"};

}  // namespace

Exclusion::Exclusion(const Evaluation& evaluation, std::string_view kernel, std::string_view obsolete_by,
                     std::uint64_t modules)
    : evaluation_(evaluation),
      kernel_(padded_version(kernel)),
      general_maximum_(evaluation.variables.value(maximum)) {
  const auto& all = evaluation.variables.elements(maximum);
  const bool has_maximum = std::any_of(all.begin(), all.end(), [&](const auto& element) {
    return (element.first == 0 || element.first < modules) && !element.second.empty();
  });
  if (!has_maximum) general_maximum_ = obsolete_by;
}

std::string Exclusion::value(std::string_view name, std::uint64_t index) const {
  return name == maximum && index == 0 ? general_maximum_ : evaluation_.variables.value(name, index);
}

bool Exclusion::has_condition(std::uint64_t module) const {
  const auto is_written = [&](std::string_view name) {
    return !value(name, 0).empty() || !value(name, module).empty();
  };
  return std::any_of(expressions.begin(), expressions.end(), is_written) || is_written(minimum) ||
         is_written(maximum) || is_written(configuration);
}

bool Exclusion::satisfies(std::uint64_t index) const {
  for (const auto name : expressions)
    if (!value(name, index).empty() && !evaluation_.does_match(name, index)) return false;
  const auto least = value(minimum, index);
  if (!least.empty() && kernel_ < padded_version(least)) return false;
  const auto most = value(maximum, index);
  if (!most.empty() && kernel_ > padded_version(most)) return false;
  const auto options = evaluation_.options.find(index);
  return options == evaluation_.options.end() ||
         std::all_of(options->second.begin(), options->second.end(),
                     [](const auto& option) { return option.is_satisfied; });
}

bool Exclusion::excludes(std::uint64_t module) const {
  return !satisfies(0) || !satisfies(module);
}

}  // namespace kpkg::dkmsconf
