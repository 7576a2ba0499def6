// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/targets.hpp"

#include "base/version.hpp"
#include "dkmstree/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace kpkg::dkms {
namespace {

using dkmstree::Target;

std::vector<Target> built_targets(const Arguments& arguments, const dkmstree::Module& module) {
  const auto* version = module.version_of(arguments.version);
  std::vector<std::pair<std::string, Target>> lines;
  for (const auto& build : version == nullptr ? std::vector<dkmstree::Build>{} : version->builds) {
    if (!build.has_modules || !dkmstree::is_kernel_name(build.target.kernel)) continue;
    const auto* state = module.is_installed(arguments.version, build.target) ? "installed" : "built";
    lines.emplace_back(fmt::format("{} {}", state, build.target.text()), build.target);
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto& left, const auto& right) {
    return compare_versions(left.first, right.first) < 0;
  });
  std::vector<Target> targets;
  for (auto& [line, target] : lines) targets.push_back(std::move(target));
  return targets;
}

}  // namespace

std::vector<Target> targets_of(const Arguments& arguments, const dkmstree::Module& module,
                               const system::Host& host) {
  if (arguments.wants_all) return built_targets(arguments, module);
  auto kernels = arguments.kernels;
  if (kernels.empty()) kernels.push_back(host.release);
  std::vector<Target> targets;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const auto& archs = arguments.archs;
    const auto& arch = archs.empty() ? host.machine : archs.size() == 1 ? archs[0] : archs[i];
    targets.push_back({.kernel = kernels[i], .arch = arch});
  }
  return targets;
}

std::optional<dkmsconf::Refusal> nameless_in(const std::vector<Target>& targets) {
  const auto refusal_of = [](std::string_view what, std::size_t index) {
    return dkmsconf::Refusal{16, dkmsconf::error_remark({fmt::format("Empty {}[{}]", what, index)})};
  };
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i].kernel.empty()) return refusal_of("kernelver", i);
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i].arch.empty()) return refusal_of("arch", i);
  return std::nullopt;
}

}  // namespace kpkg::dkms
