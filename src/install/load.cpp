// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/load.hpp"

#include "base/text.hpp"
#include "install/kmod.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace kpkg::install {
namespace {

/// Who said no, by the errno.
///
/// EINVAL is the loader's for a wrong CRC and init's for anything; a module that the judge has passed gets it
/// from its init.
constexpr std::array<std::string_view, 2> no_device_errors = {"ENODEV", "ENXIO"};
constexpr std::array<std::string_view, 8> loader_errors = {"ENOEXEC", "ENOENT", "EKEYREJECTED", "ENOKEY",
                                                           "EBADMSG", "ENOPKG", "EPERM",        "EACCES"};

template <std::size_t count>
bool contains(const std::array<std::string_view, count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

LoadOutcome outcome_of(std::string_view errno_name) {
  if (contains(no_device_errors, errno_name)) return LoadOutcome::no_device;
  return contains(loader_errors, errno_name) ? LoadOutcome::refused : LoadOutcome::init_failed;
}

/// Why nothing can be loaded or unloaded here, or nothing.
Result<std::optional<std::string>> obstacle(const LoadRequest& request, const system::Root& root) {
  if (!root.is_host() && request.running.empty())
    return std::optional(fmt::format("{} is not the running system", root.directory()));
  if (request.running != request.kernel)
    return std::optional(fmt::format("the running kernel is {}",
                                     request.running.empty() ? "another system's" : request.running));
  const auto disabled = KPKG_TRY(root.read_if_present("/proc/sys/kernel/modules_disabled"));
  if (disabled && trimmed(*disabled) == "1")
    return std::optional<std::string>("this kernel loads and unloads no modules until the next boot");
  return std::optional<std::string>{};
}

std::string users_text(const LoadedModule& module) {
  if (!module.holders.empty()) return "used by " + join(module.holders, ", ");
  if (module.users.value_or(0) > 0) return fmt::format("in use {} times", *module.users);
  return "not in use";
}

/// About a module of that name that is in the kernel already.
LoadReport report_present(const LoadRequest& request, const LoadedModule& module) {
  LoadReport report{.module = request.module};
  // An init that crashed leaves its module so for ever, and another modprobe would wait for it.
  if (module.state != "live") {
    report.detail = fmt::format(
        "the kernel has it as \"{}\": it is still starting or stopping, or crashed there and "
        "stays until the machine restarts",
        module.state);
    return report;
  }
  const auto same = is_same_build(request, module);
  const bool is_same = same.value_or(false);
  report.outcome = is_same ? LoadOutcome::already_loaded_same : LoadOutcome::older_loaded;
  if (is_same) return report;
  report.holders = module.holders;
  report.detail = fmt::format("{} build of it is loaded and {}; reload it or reboot",
                              same ? "another" : "perhaps another", users_text(module));
  return report;
}

/// Where libkmod did all that it wants to: that may be a command of modprobe.d in place of the module.
Result<LoadReport> report_done(LoadReport report, const KmodAnswer& answer, const system::Root& root) {
  const auto key = module_key(report.module);
  const bool was_inserted = std::any_of(answer.steps.begin(), answer.steps.end(),
                                        [&](const auto& step) { return module_of_step(step) == key; });
  const bool is_there = was_inserted || KPKG_TRY(loaded_module(root, key));
  if (is_there) {
    report.outcome = LoadOutcome::loaded;
    return report;
  }
  report.detail = answer.steps.empty() ? std::string("modprobe.d has another module or none for this name")
                                       : "modprobe.d says to do instead: " + answer.steps.back();
  return report;
}

Result<LoadReport> report_failed(LoadReport report, const KmodAnswer& answer, const system::Root& root) {
  report.detail = answer.detail;
  const auto file = file_of_step(answer.last_step());
  const auto culprit = module_of_step(answer.last_step());
  const bool is_asked = !answer.errno_name.empty();
  // That of the kernel means symbols.
  if (answer.errno_name == "ENOENT" && !KPKG_TRY(root.status(file))) {
    report.detail = fmt::format("modules.dep names {}, which is not there; run depmod", file);
    return report;
  }
  if (culprit != module_key(report.module)) report.culprit = culprit;
  if (!is_asked && !report.culprit.empty()) report.detail = culprit + ", which it needs: " + answer.detail;
  report.errno_name = answer.errno_name;
  // An end without an errno is that of an init that crashed or did not end; if no module was tried, none.
  if (is_asked || !culprit.empty()) report.outcome = outcome_of(answer.errno_name);
  return report;
}

UnloadReport unload_report(const LoadRequest& request, UnloadOutcome outcome, std::string detail) {
  return {.module = request.module, .outcome = outcome, .detail = std::move(detail), .holders = {}};
}

/// What forbids to unload it, or nothing.
std::optional<UnloadReport> unsafe_unload(const LoadRequest& request, const LoadedModule& module) {
  if (module.state != "live")
    return unload_report(request, UnloadOutcome::not_live, fmt::format("it is {}", module.state));
  if (!module.holders.empty() || module.users.value_or(0) > 0) {
    auto report = unload_report(request, UnloadOutcome::in_use, users_text(module));
    report.holders = module.holders;
    return report;
  }
  if (module.is_permanent) return unload_report(request, UnloadOutcome::permanent, "it has no exit function");
  if (!module.users)
    return unload_report(request, UnloadOutcome::permanent, "this kernel cannot unload modules");
  return std::nullopt;
}

constexpr std::array load_outcomes = {
    LoadOutcome::loaded,  LoadOutcome::already_loaded_same, LoadOutcome::older_loaded, LoadOutcome::no_device,
    LoadOutcome::refused, LoadOutcome::init_failed,         LoadOutcome::cannot_here};

}  // namespace

std::optional<bool> is_same_build(const LoadRequest& request, const LoadedModule& module) {
  if (request.srcversion && module.srcversion) return module.srcversion == request.srcversion;
  if (request.image.empty() || module.build_id_note.empty()) return std::nullopt;
  return request.image.find(module.build_id_note) != std::string::npos;
}

Result<LoadReport> load(const LoadRequest& request, const system::Root& root, system::Runner& runner) {
  LoadReport report{.module = request.module};
  if (auto reason = KPKG_TRY(obstacle(request, root))) {
    report.detail = *std::move(reason);
    return report;
  }
  if (const auto present = KPKG_TRY(loaded_module(root, request.module)))
    return report_present(request, *present);
  auto answer = KPKG_TRY(insert_module(request.module, runner));
  report.steps = answer.steps;
  return answer.is_done ? report_done(std::move(report), answer, root)
                        : report_failed(std::move(report), answer, root);
}

Result<UnloadReport> unload(const LoadRequest& request, const system::Root& root, system::Runner& runner) {
  if (auto reason = KPKG_TRY(obstacle(request, root)))
    return unload_report(request, UnloadOutcome::cannot_here, *std::move(reason));
  const auto present = KPKG_TRY(loaded_module(root, request.module));
  if (!present) return unload_report(request, UnloadOutcome::not_loaded, "");
  if (auto refusal = unsafe_unload(request, *present)) return *std::move(refusal);
  // Not as `modprobe -r` does, which removes what the module depends on as well, unused or not wanted away.
  const auto answer = KPKG_TRY(remove_module(module_key(request.module), runner));
  if (answer.is_done) return unload_report(request, UnloadOutcome::unloaded, "");
  auto report = unload_report(request, UnloadOutcome::failed, answer.detail);
  report.errno_name = answer.errno_name;
  return report;
}

Result<std::vector<UnloadReport>> unload_all(std::vector<LoadRequest> waiting, const system::Root& root,
                                             system::Runner& runner) {
  std::vector<UnloadReport> reports;
  while (!waiting.empty()) {
    std::vector<LoadRequest> used;
    std::vector<UnloadReport> refusals;
    for (const auto& module : waiting) {
      auto report = KPKG_TRY(unload(module, root, runner));
      const bool is_used = report.outcome == UnloadOutcome::in_use;
      if (is_used) used.push_back(module);
      (is_used ? refusals : reports).push_back(std::move(report));
    }
    const bool is_stuck = used.size() == waiting.size();
    if (is_stuck) std::move(refusals.begin(), refusals.end(), std::back_inserter(reports));
    waiting = is_stuck ? std::vector<LoadRequest>() : std::move(used);
  }
  return reports;
}

std::string_view name_of(LoadOutcome outcome) {
  switch (outcome) {
    case LoadOutcome::loaded: return "loaded";
    case LoadOutcome::already_loaded_same: return "already_loaded_same";
    case LoadOutcome::older_loaded: return "older_loaded";
    case LoadOutcome::no_device: return "no_device";
    case LoadOutcome::refused: return "refused";
    case LoadOutcome::init_failed: return "init_failed";
    case LoadOutcome::cannot_here: return "cannot_here";
  }
  return "cannot_here";
}

std::string_view name_of(UnloadOutcome outcome) {
  switch (outcome) {
    case UnloadOutcome::unloaded: return "unloaded";
    case UnloadOutcome::not_loaded: return "not_loaded";
    case UnloadOutcome::in_use: return "in_use";
    case UnloadOutcome::permanent: return "permanent";
    case UnloadOutcome::not_live: return "not_live";
    case UnloadOutcome::failed: return "failed";
    case UnloadOutcome::cannot_here: return "cannot_here";
  }
  return "failed";
}

std::optional<LoadOutcome> load_outcome_named(std::string_view name) {
  for (const auto outcome : load_outcomes)
    if (name_of(outcome) == name) return outcome;
  return std::nullopt;
}

}  // namespace kpkg::install
