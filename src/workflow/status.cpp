// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/status.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "install/load.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace kpkg::workflow {
namespace {

bool wanted(const std::vector<std::string>& list, const std::string& text) {
  return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
}

struct Attention {
  std::string text = {};
  bool is_trouble = false;
};

/// What a person has to know of one line, the worst first.
Attention attention_of(const store::OverviewLine& line) {
  const bool is_installed = line.installed_modules > 0;
  if (line.outcome && *line.outcome != store::BuildOutcome::succeeded)
    return {fmt::format("the last build {}{}", store::name_of(*line.outcome),
                        line.first_error.empty() ? "" : ": " + line.first_error),
            true};
  if (line.decision && !abi::is_installable(*line.decision))
    return line.overridden_by.empty()
               ? Attention{"the kernel would refuse it; kpkg why says the reason", true}
               : Attention{fmt::format("installed in spite of the verdict ({})", line.overridden_by)};
  if (!is_installed && line.is_wanted) return {"not installed for this kernel", true};
  const auto load = install::load_outcome_named(line.last_load);
  if (load == install::LoadOutcome::older_loaded)
    return {"an older build is loaded until it is reloaded or the machine restarts"};
  if (load == install::LoadOutcome::refused || load == install::LoadOutcome::init_failed)
    return {"the last load failed", true};
  if (!line.allowed_by.empty())
    return {fmt::format("installed although nothing proves its tree ({})", line.allowed_by)};
  return {};
}

/// Of several versions on one kernel the one that is installed, else the one that was built last.
bool is_better(const store::OverviewLine& candidate, const store::OverviewLine& known) {
  if ((candidate.installed_modules > 0) != (known.installed_modules > 0))
    return candidate.installed_modules > 0;
  return candidate.build > known.build;
}

/// The names below lib/modules, asked for once: status is told for hundreds of pairs.
Result<std::set<std::string>> releases_here(const Workspace& workspace) {
  std::set<std::string> releases;
  const auto entries = KPKG_TRY(workspace.root.list("/lib/modules"));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
    releases.insert(entry.name);
  return releases;
}

Result<store::Store> read_store(const Workspace& workspace) {
  return store::Store::open(workspace.root, store::Access::read);
}

Error never_seen(const std::string& recipe) {
  return {
      .kind = ErrorKind::not_found,
      .message = fmt::format("{} was never built here", printable(recipe)),
      .context = {},
      .hint = "kpkg status shows what was; kpkg install " + printable(recipe) + " builds and installs it"};
}

}  // namespace

Result<std::vector<StatusLine>> status(const Workspace& workspace, const std::vector<std::string>& recipes,
                                       const std::vector<std::string>& kernels) {
  auto store = KPKG_TRY(read_store(workspace));
  std::map<std::pair<std::string, std::string>, store::OverviewLine> best;
  for (auto& line : KPKG_TRY(store::overview(store))) {
    if (!wanted(recipes, line.recipe) || !wanted(kernels, line.kernel)) continue;
    if (!line.is_wanted && line.installed_modules == 0 && line.outcome == store::BuildOutcome::succeeded)
      continue;
    const auto key = std::pair(line.recipe, line.kernel);
    const auto known = best.find(key);
    if (known == best.end())
      best.emplace(key, std::move(line));
    else if (is_better(line, known->second))
      known->second = std::move(line);
  }
  const auto kernels_here = KPKG_TRY(releases_here(workspace));
  std::vector<StatusLine> report;
  for (auto& [key, line] : best) {
    const bool has_kernel = line.kernel.empty() || kernels_here.contains(line.kernel);
    auto attention = has_kernel ? attention_of(line) : Attention{"the kernel is not here any more"};
    report.push_back({std::move(line), has_kernel, std::move(attention.text), attention.is_trouble});
  }
  return report;
}

Result<VerifyOutcome> verify(const Workspace& workspace, const std::vector<std::string>& recipes) {
  auto store = KPKG_TRY(read_store(workspace));
  VerifyOutcome outcome;
  for (auto& file : KPKG_TRY(store::installed(store))) {
    if (!wanted(recipes, file.recipe)) continue;
    ++outcome.files;
    const auto bytes = KPKG_TRY(workspace.root.read_if_present(file.path));
    if (bytes && crypto::sha256(*bytes) == file.digest) continue;
    const auto kind = bytes ? VerifyFinding::Kind::changed : VerifyFinding::Kind::missing;
    auto text = fmt::format("{} {}", file.path, bytes ? "was changed" : "is missing");
    outcome.findings.push_back({std::move(file), kind, std::move(text)});
  }
  return outcome;
}

Result<std::vector<std::string>> known_kernels(const Workspace& workspace, const std::string& recipe) {
  auto store = KPKG_TRY(read_store(workspace));
  std::vector<std::string> kernels;
  const auto add = [&](const std::string& kernel) {
    if (!kernel.empty() && std::find(kernels.begin(), kernels.end(), kernel) == kernels.end())
      kernels.push_back(kernel);
  };
  for (const auto& build : KPKG_TRY(store::build_history(store, recipe))) add(build.kernel);
  for (const auto& file : KPKG_TRY(store::installed(store)))
    if (file.recipe == recipe) add(file.kernel);
  if (kernels.empty()) return fail(never_seen(recipe));
  return kernels;
}

Result<Reasons> why(const Workspace& workspace, const std::string& recipe, const std::string& kernel) {
  auto store = KPKG_TRY(read_store(workspace));
  Reasons reasons{.recipe = recipe, .kernel = kernel};
  for (auto& wish : KPKG_TRY(store::wishes(store)))
    if (wish.recipe == recipe) reasons.wish = std::move(wish);
  reasons.build = KPKG_TRY(store::newest_build(store, recipe, "", kernel));
  reasons.installed = KPKG_TRY(store::installed_of(store, recipe, kernel));
  if (!reasons.wish && !reasons.build && reasons.installed.empty()) return fail(never_seen(recipe));
  if (!reasons.build) return reasons;
  for (auto& artifact : KPKG_TRY(store::artifacts_of(store, reasons.build->id))) {
    if (artifact.module.empty()) continue;
    auto verdict = KPKG_TRY(store::find_verdict(store, artifact.digest, kernel));
    auto loads = KPKG_TRY(store::loads_of(store, artifact.module, kernel, 1));
    reasons.modules.push_back({std::move(artifact), std::move(verdict), std::move(loads)});
  }
  return reasons;
}

Result<BuildLog> build_log(const Workspace& workspace, const std::string& recipe, const std::string& kernel) {
  auto store = KPKG_TRY(read_store(workspace));
  auto build = KPKG_TRY(store::newest_build(store, recipe, "", kernel));
  if (!build) return fail(never_seen(recipe));
  auto bytes = KPKG_TRY(workspace.root.read_if_present(build->log));
  if (!bytes)
    return fail(ErrorKind::not_found, fmt::format("the log {} is gone", build->log),
                "kpkg build " + recipe + " makes a new one");
  return BuildLog{std::move(*build), std::move(*bytes)};
}

}  // namespace kpkg::workflow
