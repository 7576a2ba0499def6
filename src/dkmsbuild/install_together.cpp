// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/core.hpp"
#include "dkmsbuild/depmod.hpp"
#include "dkmsbuild/loading.hpp"
#include "dkmsbuild/uninstaller.hpp"

#include <charconv>
#include <map>
#include <memory>

namespace kpkg::dkmsbuild {
namespace {

/// What DKMS has no status for, of one of several.
constexpr ExitStatus status_failed = 1;

constexpr ExitStatus status_depmod = 6;

/// How many jobs all builds may have: -j, parallel_jobs.
unsigned job_limit(const Site& site) {
  const auto& text = site.framework.parallel_jobs;
  unsigned jobs = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), jobs);
  const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size() && jobs > 0;
  return is_number ? jobs : site.workspace.host.processors;
}

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
    KPKG_TRY(Uninstaller(site_, reader_, choices_, tasks[index]).uninstall());
    say_error(site_.printer, {"Problems with depmod detected. Automatically uninstalling this module.",
                              "Install Failed (depmod problems). Module rolled back to built state."});
    statuses[index] = status_depmod;
  }
  return {};
}

Result<std::vector<ExitStatus>> Core::install_each(std::span<const Task> tasks,
                                                   const TaskObserver& observer) {
  std::map<std::size_t, std::unique_ptr<Aside>> asides;
  std::unique_ptr<SideBySide> side_by_side;  // after what its threads work on
  for (std::size_t index = 0; index < tasks.size(); ++index)
    if (!KPKG_TRY(is_built(tasks[index]))) asides[index] = nullptr;
  const auto jobs = job_limit(site_);
  if (asides.size() < 2 || jobs < 2) asides.clear();
  if (!asides.empty()) {
    const auto prepared = KPKG_TRY(prepare(tasks[asides.begin()->first]));
    if (prepared != 0) return std::vector<ExitStatus>{prepared};
    side_by_side = KPKG_TRY(SideBySide::start(jobs, asides.size()));
  }
  for (auto& [index, aside] : asides) {
    aside = std::make_unique<Aside>(site_, tasks[index], choices_.force);
    aside->begun = begin_aside(tasks[index], *aside);
    if (*aside->begun && **aside->begun == 0) side_by_side->run(*aside);
  }
  std::vector<ExitStatus> statuses;
  for (std::size_t index = 0; index < tasks.size(); ++index) {
    const auto& task = tasks[index];
    const auto aside = asides.find(index);
    if (aside == asides.end() && !KPKG_TRY(is_built(task))) {
      const auto prepared = KPKG_TRY(prepare(task));
      if (prepared != 0) return std::vector<ExitStatus>{prepared};
    }
    observer.before(task);
    auto status = aside == asides.end() ? in_subshell([&] { return install_or_skip(task); })
                                        : install_aside(task, *aside->second, *side_by_side);
    statuses.push_back(KPKG_TRY(tolerated(std::move(status))));
    observer.after(task, statuses.back());
  }
  return statuses;
}

Result<ExitStatus> Core::begin_aside(const Task& task, Aside& aside) {
  aside.started = site_.workspace.clock();
  return in_subshell([&] { return begin(aside.site, task, aside.build); });
}

/// It is this one's turn.
Result<ExitStatus> Core::install_aside(const Task& task, Aside& aside, SideBySide& side_by_side) {
  aside.printer.take_turn();
  const auto begun = KPKG_TRY(std::move(*aside.begun));
  if (begun != 0) return begun;
  side_by_side.wait(aside);
  KPKG_TRY(std::move(*aside.ended));
  return in_subshell([&]() -> Result<ExitStatus> {
    const auto status = KPKG_TRY(finish(task, aside.build, aside.started));
    return status != 0 ? Result<ExitStatus>(status) : install_built(task);
  });
}

}  // namespace kpkg::dkmsbuild
