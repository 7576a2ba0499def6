// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/threads.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace kpkg {

std::size_t useful_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

void in_threads(std::size_t count, std::size_t most, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take_turns = [&] {
    for (auto index = next++; index < count; index = next++) work(index);
  };
  std::vector<std::jthread> others;
  try {
    for (std::size_t thread = 1; thread < std::min(count, most); ++thread) others.emplace_back(take_turns);
  } catch (const std::system_error&) {
    // The system has no more of them; those that there are do all the work.
  }
  take_turns();
}

}  // namespace kpkg
