// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/autoinstall_plan.hpp"

#include "base/text.hpp"
#include "dkmsconf/padded_version.hpp"
#include "dkmstree/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::dkms {
namespace {

constexpr ExitStatus not_for_this_kernel = 77;

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<KnownModule> newest_versions(const Context& context, const dkmstree::Tree& tree,
                                         const dkmstree::Target& target) {
  std::vector<KnownModule> newest;
  for (const auto& entry : dkmstree::statuses(tree, {})) {
    const auto id = entry.id.of();
    if (entry.state == dkmstree::State::broken) {
      dkmsbuild::say_error(
          context.printer(),
          {fmt::format("{} is broken! Missing the source directory or the symbolic link pointing to it.",
                       id.text()),
           "Manual intervention is required!"});
      continue;
    }
    const auto known = std::find_if(newest.begin(), newest.end(),
                                    [&](const auto& each) { return each.id.module == id.module; });
    if (known == newest.end())
      newest.push_back({.id = id});
    else if (dkmsconf::padded_version(id.version) > dkmsconf::padded_version(known->id.version))
      known->id = id;
  }
  for (auto& each : newest) {
    each.is_installed = tree.module_of(each.id.module)->is_installed(each.id.version, target);
  }
  return newest;
}

std::vector<std::string> AutoinstallPlan::open_dependencies(const Candidate& candidate) const {
  std::vector<std::string> open;
  for (const auto& name : candidate.depends)
    if (!has(installed_, name) && !has(skipped_, name)) open.push_back(name);
  return open;
}

std::vector<Candidate> AutoinstallPlan::next_round() {
  std::vector<Candidate> round;
  std::vector<Candidate> later;
  if (!std::exchange(has_progressed_, false)) return round;
  for (auto& candidate : waiting_)
    (open_dependencies(candidate).empty() ? round : later).push_back(std::move(candidate));
  waiting_ = std::move(later);
  return round;
}

void AutoinstallPlan::note(const std::string& module, ExitStatus status) {
  if (status == 0)
    installed_.push_back(module);
  else if (status == not_for_this_kernel)
    skipped_.push_back(module);
  else
    failed_.push_back(fmt::format("{}({})", module, status));
  if (status == 0) ++successes_;
  has_progressed_ = has_progressed_ || status == 0 || status == not_for_this_kernel;
}

AutoinstallPlan::Missing AutoinstallPlan::missing_of(const Candidate& candidate) const {
  Missing missing;
  for (const auto& name : open_dependencies(candidate))
    (known_.contains(name) ? missing.known : missing.unknown) += " " + name;
  return missing;
}

std::string AutoinstallPlan::report(const std::string& kernel) const {
  std::string text;
  const auto tell = [&](const std::vector<std::string>& names, std::string_view what) {
    if (!names.empty()) text += fmt::format("Autoinstall on {} {} {}.\n", kernel, what, join(names, " "));
  };
  tell(installed_, "succeeded for module(s)");
  tell(skipped_, "was skipped for module(s)");
  tell(failed_, "failed for module(s)");
  std::vector<std::string> deferred;
  for (const auto& candidate : waiting_) {
    const auto missing = missing_of(candidate);
    if (missing.known.empty()) {
      deferred.push_back(candidate.id.text());
      text += fmt::format("{} autoinstall deferred: BUILD_DEPENDS not registered with DKMS:{}.\n",
                          candidate.id.text(), missing.unknown);
    } else {
      text += fmt::format("{} autoinstall failed due to missing dependencies:{}.\n", candidate.id.text(),
                          missing.known);
    }
  }
  if (!deferred.empty())
    text += fmt::format(
        "Autoinstall on {} deferred module(s) {} due to BUILD_DEPENDS not yet registered with DKMS.\n"
        "These may be provided externally or by a package not yet configured; autoinstall will retry on the "
        "next trigger.\n",
        kernel, join(deferred, " "));
  return text;
}

bool AutoinstallPlan::has_failed() const {
  return !failed_.empty() || std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& candidate) {
    return !missing_of(candidate).known.empty();
  });
}

}  // namespace kpkg::dkms
