// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/process.hpp"

#include <atomic>
#include <chrono>

namespace kpkg::cli {

/// Runs programs and adds up whose processor time they took: kpkg's own questions, or the work itself.
class CountingRunner : public system::Runner {
 public:
  explicit CountingRunner(system::Runner& runner) : runner_(runner) {}

  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override {
    auto outcome = runner_.run_observed(command, on_line);
    if (outcome) (command.cost == system::Cost::own ? own_ : work_) += outcome->cpu.count();
    return outcome;
  }

  std::chrono::microseconds own() const { return std::chrono::microseconds(own_); }
  std::chrono::microseconds work() const { return std::chrono::microseconds(work_); }

 private:
  system::Runner& runner_;
  std::atomic<std::int64_t> own_ = 0;
  std::atomic<std::int64_t> work_ = 0;
};

}  // namespace kpkg::cli
