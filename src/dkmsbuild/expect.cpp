// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/core.hpp"

#include <charconv>
#include <map>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// How many jobs all builds may have: -j, parallel_jobs.
unsigned job_limit(const Site& site) {
  const auto& text = site.framework.parallel_jobs;
  unsigned jobs = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), jobs);
  const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size() && jobs > 0;
  return is_number ? jobs : site.workspace.host.processors;
}

}  // namespace

/// Whether the task is one that can be built before it is its turn: nobody has to be asked or told.
Result<bool> Core::can_be_expected(const Task& task) const {
  const auto now = KPKG_TRY(module_of(task));
  const auto* version = now.version_of(task.id.version);
  if (version == nullptr || !version->is_added()) return false;
  return version->build_for(task.id.target) == nullptr;
}

Status Core::expect(std::span<const Task> tasks) {
  std::map<dkmstree::BuildId, const Task*> wanted;
  for (const auto& task : tasks)
    if (ahead_.count(task.id) == 0 && KPKG_TRY(can_be_expected(task))) wanted.emplace(task.id, &task);
  const auto jobs = job_limit(site_);
  if (wanted.size() < 2 || jobs < 2) return {};
  // Elsewhere two builds of one version would be in each other's way.
  const auto* sandbox = KPKG_TRY(site_.sandbox());
  if (sandbox->strength() != system::SandboxStrength::namespaces) return {};
  if (side_by_side_ == nullptr) side_by_side_ = KPKG_TRY(SideBySide::start(jobs, tasks.size()));
  for (const auto& task : tasks)
    if (wanted.erase(task.id) != 0) begin_ahead(task);
  return {};
}

void Core::begin_ahead(const Task& task) {
  auto& ahead = ahead_[task.id];
  ahead.aside = std::make_unique<Aside>(site_, task, choices_.force);
  ahead.aside->started = site_.workspace.clock();
  ahead.aside->begun = in_subshell([&] {
    auto begun = begin(ahead.aside->site, task, ahead.aside->build);
    ahead.mark = reader_.mark();
    ahead.prepared = prepared_;
    return begun;
  });
  if (*ahead.aside->begun && **ahead.aside->begun == 0) side_by_side_->run(*ahead.aside);
}

/// It is its turn.
Result<ExitStatus> Core::build_expected(const Task& task) {
  const auto found = ahead_.find(task.id);
  const auto ahead = std::move(found->second);
  ahead_.erase(found);
  auto& aside = *ahead.aside;
  aside.printer.take_turn();
  reader_.put_back(ahead.mark);
  prepared_ = ahead.prepared;
  const auto begun = KPKG_TRY(std::move(*aside.begun));
  if (begun != 0) return begun;
  side_by_side_->wait(aside);
  if (!*aside.ended) return give_up(aside.build, aside.ended->error());
  return finish(task, aside.build, aside.started);
}

}  // namespace kpkg::dkmsbuild
