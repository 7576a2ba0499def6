// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/load.hpp"

#include "archive/compression.hpp"
#include "base/text.hpp"
#include "store/installed.hpp"
#include "system/kernel_log.hpp"
#include "workflow/module_index.hpp"
#include "workflow/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::workflow {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;

/// Only the kernel that runs takes modules, and only from root.
Status must_be_here(const Workspace& workspace) {
  if (!workspace.root.is_host())
    return fail(
        ErrorKind::usage,
        fmt::format("modules are in the kernel that runs, which is not that of {}",
                    workspace.root.directory()),
        "leave --root away; kpkg check --root DIR -k KERNEL FILE.ko says whether it would load there");
  if (!workspace.host.is_root())
    return fail(ErrorKind::permission, "only root may load and unload modules", "run the command with sudo");
  return {};
}

/// The kernel's log from now on; an Error if nobody may read it.
using Listener = Result<system::KernelLog>;

Listener listen() {
  return system::KernelLog::open(system::KernelLog::From::now);
}

/// What the kernel said since `listener` began, explained together with what the program said.
Result<KernelWords> words_of(const Workspace& workspace, const Listener& listener,
                             const std::string& program_said) {
  KernelWords words;
  auto lines = listener ? listener->read() : Result<std::vector<std::string>>(fail(listener.error()));
  if (lines)
    words.lines = *std::move(lines);
  else
    words.error = lines.error();
  words.explained = KPKG_TRY(explain(
      workspace, {.text = join(words.lines, "\n") + "\n" + program_said, .module_file = {}, .kernels = {}}));
  return words;
}

bool has_failed(install::LoadOutcome outcome) {
  return outcome == install::LoadOutcome::no_device || outcome == install::LoadOutcome::refused ||
         outcome == install::LoadOutcome::init_failed;
}

/// EINVAL and the like are init's unless the kernel's loader said why it refuses.
bool is_refused_by_loader(const LoadStory& story) {
  const auto& messages = story.words.explained.messages;
  return std::any_of(messages.begin(), messages.end(), [&](const auto& message) {
    const auto& explanation = message.explanation;
    return explanation.lines.size() > 1 && explanation.errno_name == story.report.errno_name &&
           explanation.severity == abi::Severity::refusal;
  });
}

/// Remembers the load of a module that kpkg installed: kpkg status tells it.
Status remember(const Workspace& workspace, const std::string& kernel, const install::LoadReport& report) {
  if (report.outcome == install::LoadOutcome::cannot_here) return {};
  auto known = store::Store::open(workspace.root, store::Access::read);
  if (!known) return {};
  const auto files = KPKG_TRY(store::installed_for(*known, kernel));
  const auto file = std::find_if(files.begin(), files.end(), [&](const auto& each) {
    return !each.module.empty() && module_key(each.module) == module_key(report.module);
  });
  if (file == files.end()) return {};
  auto session = KPKG_TRY(open_session(workspace));
  return store::record_load(session.store, {.module = file->module,
                                            .kernel = kernel,
                                            .outcome = std::string(install::name_of(report.outcome)),
                                            .when = workspace.clock(),
                                            .detail = report.detail,
                                            .artifact = file->artifact});
}

/// Whether the module is part of the kernel's image. Source: linux Documentation/kbuild/kbuild.rst,
/// modules.builtin.
Result<bool> is_built_in(const Workspace& workspace, const kernel::Kernel& kernel, const std::string& name) {
  const auto list = KPKG_TRY(workspace.root.read_if_present(kernel.module_directory + "/modules.builtin"));
  const auto paths = lines(list.value_or(""));
  return std::any_of(paths.begin(), paths.end(),
                     [&](const auto& path) { return module_name_of(path) == module_key(name); });
}

/// The file of a module that was named, or nothing: it is in the kernel's image.
using Found = std::optional<InspectedModule>;

Result<Found> find_module(const Workspace& workspace, const kernel::Kernel& kernel, const std::string& name) {
  auto module = inspect_installed(workspace, kernel, name);
  if (module) return Found(*std::move(module));
  if (KPKG_TRY(is_built_in(workspace, kernel, name))) return std::nullopt;
  return fail(module.error());
}

Result<LoadStory> load_one(const Workspace& workspace, const kernel::Kernel& kernel,
                           const InspectedModule& module) {
  const auto request = KPKG_TRY(load_request(workspace, kernel, module));
  const auto listener = listen();
  workspace.observer.on({.kind = EventKind::started, .stage = Stage::load, .subject = request.module});
  auto report = install::load(request, workspace.root, workspace.runner);
  workspace.observer.on({.kind = EventKind::finished, .stage = Stage::load, .subject = request.module});
  LoadStory story;
  story.report = KPKG_TRY(std::move(report));
  if (has_failed(story.report.outcome))
    story.words = KPKG_TRY(words_of(workspace, listener, "modprobe: ERROR: " + story.report.detail));
  if (story.report.outcome == install::LoadOutcome::init_failed && is_refused_by_loader(story))
    story.report.outcome = install::LoadOutcome::refused;
  KPKG_TRY(remember(workspace, kernel.release, story.report));
  return story;
}

LoadStory story_of_built_in(const std::string& name) {
  LoadStory story;
  story.report = {.module = name,
                  .outcome = install::LoadOutcome::already_loaded_same,
                  .detail = "it is part of the kernel's image",
                  .holders = {}};
  return story;
}

}  // namespace

Result<install::LoadRequest> load_request(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const InspectedModule& module) {
  install::LoadRequest request{.module = module.fingerprint.name,
                               .kernel = kernel.release,
                               .running = workspace.host.release,
                               .srcversion = module.fingerprint.srcversion};
  if (request.srcversion) return request;
  const auto bytes = KPKG_TRY(system::read_file(module.file, largest_module));
  request.image = KPKG_TRY(archive::decompress(bytes, largest_module));
  return request;
}

Result<std::vector<LoadStory>> load_modules(const Workspace& workspace,
                                            const std::vector<std::string>& names) {
  KPKG_TRY(must_be_here(workspace));
  const auto selection = KPKG_TRY(select_kernels(workspace, {"running"}));
  const auto& kernel = selection.kernels.front();
  std::vector<Found> modules;
  for (const auto& name : names) modules.push_back(KPKG_TRY(find_module(workspace, kernel, name)));
  std::vector<LoadStory> stories;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!modules[i]) {
      stories.push_back(story_of_built_in(names[i]));
      continue;
    }
    stories.push_back(KPKG_TRY(load_one(workspace, kernel, *modules[i])));
  }
  return stories;
}

Result<UnloadStory> unload_modules(const Workspace& workspace, const std::vector<std::string>& names) {
  KPKG_TRY(must_be_here(workspace));
  std::vector<install::LoadRequest> requests;
  for (const auto& name : names)
    requests.push_back({.module = module_key(name),
                        .kernel = workspace.host.release,
                        .running = workspace.host.release,
                        .srcversion = {}});
  const auto listener = listen();
  UnloadStory story;
  story.reports = KPKG_TRY(install::unload_all(std::move(requests), workspace.root, workspace.runner));
  for (const auto& report : story.reports)
    if (report.outcome == install::UnloadOutcome::failed)
      story.words = KPKG_TRY(words_of(workspace, listener, "rmmod: ERROR: " + report.detail));
  return story;
}

}  // namespace kpkg::workflow
