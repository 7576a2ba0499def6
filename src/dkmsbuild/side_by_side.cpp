// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/side_by_side.hpp"

#include <algorithm>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

Site with_printer(const Site& site, Printer& printer) {
  return {.workspace = site.workspace,
          .framework = site.framework,
          .framework_request = site.framework_request,
          .interpreter = site.interpreter,
          .memory = site.memory,
          .sandbox = site.sandbox,
          .printer = printer,
          .store = site.store};
}

}  // namespace

Aside::Aside(const Site& site, const Task& task, Force force)
    : printer(site.printer), site(with_printer(site, printer)), build(this->site, task, force) {}

Result<std::unique_ptr<SideBySide>> SideBySide::start(unsigned jobs, std::size_t builds) {
  auto jobserver = KPKG_TRY(system::Jobserver::create(jobs));
  std::unique_ptr<SideBySide> made(new SideBySide(std::move(jobserver)));
  const auto useful = std::min<std::size_t>(jobs, builds);
  for (std::size_t count = 0; count < useful; ++count)
    made->threads_.emplace_back([&side_by_side = *made] { side_by_side.work(); });
  return made;
}

SideBySide::~SideBySide() {
  {
    const std::lock_guard guard(mutex_);
    is_closed_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  threads_.clear();
}

void SideBySide::run(Aside& aside) {
  {
    const std::lock_guard guard(mutex_);
    waiting_.push_back(&aside);
  }
  changed_.notify_all();
}

void SideBySide::wait(Aside& aside) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return aside.ended.has_value(); });
}

Aside* SideBySide::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_closed_ || !waiting_.empty(); });
  if (waiting_.empty()) return nullptr;
  auto* const aside = waiting_.front();
  waiting_.pop_front();
  return aside;
}

void SideBySide::work() {
  while (auto* const aside = next()) {
    const auto slot = jobserver_.acquire();
    auto status = slot ? aside->build.run(&jobserver_) : Result<ExitStatus>(fail(slot.error()));
    {
      const std::lock_guard guard(mutex_);
      aside->ended.emplace(std::move(status));
    }
    changed_.notify_all();
  }
}

}  // namespace kpkg::dkmsbuild
