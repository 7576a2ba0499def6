// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/core.hpp"
#include "dkmsbuild/depmod.hpp"
#include "dkmsbuild/loading.hpp"
#include "dkmsbuild/uninstaller.hpp"

#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// What DKMS has no status for, of one of several.
constexpr ExitStatus status_failed = 1;

constexpr ExitStatus status_depmod = 6;

}  // namespace

/// What happens to one of several is told, and does not end the others; but what a person did does.
Result<ExitStatus> Core::tolerated(Result<ExitStatus> status) const {
  if (status || status.error().kind == ErrorKind::interrupted) return status;
  say_error(site_.printer, {status.error().text()});
  if (!status.error().hint.empty()) site_.printer.say(Stream::errors, status.error().hint + "\n");
  return status_failed;
}

Result<std::vector<ExitStatus>> Core::install_together(std::span<const Task> tasks,
                                                       const TaskObserver& observer) {
  const auto depmod = choices_.depmod;
  if (depmod == Depmod::run) choices_.depmod = Depmod::later;
  auto statuses = install_each(tasks, observer);
  choices_.depmod = depmod;
  if (!statuses || tasks.empty() || depmod != Depmod::run) return statuses;
  KPKG_TRY(index_together(tasks, *statuses));
  return statuses;
}

/// One index for all.
Status Core::index_together(std::span<const Task> tasks, std::vector<ExitStatus>& statuses) {
  const auto& target = tasks.front().id.target;
  const auto pending = pending_depmod(site_.framework, target);
  if (!KPKG_TRY(site_.workspace.root.status(pending))) return {};
  if (KPKG_TRY(index_modules(site_, target.kernel)) == 0) {
    KPKG_TRY(clear_pending(site_, target));
    return load_for_devices(site_, target.kernel);
  }
  for (std::size_t index = 0; index < statuses.size(); ++index) {
    if (statuses[index] != 0) continue;
    KPKG_TRY(Uninstaller(site_, reader_, choices_, tasks[index]).take_back());
    statuses[index] = status_depmod;
  }
  return {};
}

Result<std::vector<ExitStatus>> Core::install_each(std::span<const Task> tasks,
                                                   const TaskObserver& observer) {
  // What is said of the kernel is said once, and before the first that has to be built.
  for (const auto& task : tasks) {
    if (KPKG_TRY(is_built(task))) continue;
    const auto prepared = KPKG_TRY(prepare(site_, task));
    if (prepared != 0) return std::vector<ExitStatus>{prepared};
    break;
  }
  KPKG_TRY(expect(tasks));
  std::vector<ExitStatus> statuses;
  for (const auto& task : tasks) {
    observer.before(task);
    auto status = in_subshell([&] { return install_or_skip(task); });
    statuses.push_back(KPKG_TRY(tolerated(std::move(status))));
    observer.after(task, statuses.back());
  }
  return statuses;
}

}  // namespace kpkg::dkmsbuild
