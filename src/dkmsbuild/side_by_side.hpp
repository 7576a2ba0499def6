// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/build.hpp"
#include "dkmsbuild/turn_printer.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// A build that runs beside others, and what it says.
struct Aside {
  Aside(const Site& site, const Task& task, Force force);

  TurnPrinter printer;
  Site site;  ///< that of the others, with this printer
  Build build;
  std::int64_t started = 0;
  std::optional<Result<ExitStatus>> begun;  ///< what Build::begin() and all before it said
  std::optional<Result<ExitStatus>> ended;  ///< what Build::run() said
};

/// Runs builds in as many threads as may be useful, under one limit of jobs. Owns the threads: they end with
/// it, once the builds that they are at have; those that wait are not begun any more.
class SideBySide {
 public:
  /// Errors: io.
  static Result<std::unique_ptr<SideBySide>> start(unsigned jobs, std::size_t builds);

  ~SideBySide();

  /// Gives it a build that has begun well; borrowed.
  void run(Aside& aside);

  /// Waits for the build to end.
  void wait(Aside& aside);

 private:
  explicit SideBySide(system::Jobserver jobserver) : jobserver_(std::move(jobserver)) {}

  void work();
  Aside* next();

  system::Jobserver jobserver_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Aside*> waiting_;
  bool is_closed_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace kpkg::dkmsbuild
