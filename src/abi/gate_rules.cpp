// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// Compared as it is written, dashes and underscores apart. Source: linux kernel/module/main.c,
/// blacklisted().
bool is_blacklisted(const Case& judged) {
  const auto& names = judged.kernel.gates.boot_blacklist;
  return std::find(names.begin(), names.end(), judged.module.name) != names.end();
}

void judge_modprobe(const Case& judged, std::vector<Finding>& findings) {
  const auto key = module_key(judged.module.name);
  for (const auto& line : judged.kernel.gates.modprobe_lines) {
    if (line.module != key) continue;
    const auto id = line.command.empty() ? FindingId::modprobe_blacklists : FindingId::modprobe_runs_other;
    add(findings, judged, id, Severity::note, {.kernel_value = line.command, .detail = line.file});
  }
}

/// The name under which the module gets its directory in /sys/module: kernels take the one inside.
const std::string& name_in_sys(const Case& judged) {
  const auto& inner = judged.module.shape.inner_name;
  return inner.empty() ? judged.module.name : inner;
}

/// A driver inside the image that has a directory in /sys/module leaves no room for the module's own.
/// Source: linux kernel/module/sysfs.c, mod_sysfs_init().
void judge_built_in(const Case& judged, std::vector<Finding>& findings) {
  const auto& owners = judged.kernel.owners_of_parameters;
  const auto& name = name_in_sys(judged);
  if (owners && std::binary_search(owners->begin(), owners->end(), name))
    return add(findings, judged, FindingId::built_in_has_name, Severity::refusal);
  const auto& built_in = judged.kernel.gates.built_in;
  const auto key = module_key(name);
  const auto found =
      std::lower_bound(built_in.begin(), built_in.end(), key,
                       [](const auto& each, const auto& wanted) { return each.name < wanted; });
  if (found == built_in.end() || found->name != key) return;
  const bool has_version = found->has_directory.value_or(false);
  const bool is_known = found->has_directory || owners;
  add(findings, judged, FindingId::built_in_has_name,
      !is_known     ? Severity::unknown
      : has_version ? Severity::refusal
                    : Severity::note);
}

}  // namespace

void judge_gates(const Case& judged, std::vector<Finding>& findings) {
  if (judged.kernel.gates.modules_disabled.value_or(false))
    add(findings, judged, FindingId::modules_disabled, Severity::refusal);
  if (is_blacklisted(judged)) add(findings, judged, FindingId::module_blacklisted, Severity::refusal);
  judge_modprobe(judged, findings);
  judge_built_in(judged, findings);
}

}  // namespace kpkg::abi
