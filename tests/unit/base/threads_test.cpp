// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/threads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <vector>

namespace kpkg {

TEST_CASE("work is done once for each index, however many threads there are") {
  for (const std::size_t most : {1U, 3U, 200U}) {
    std::vector<std::atomic<int>> calls(100);

    in_threads(calls.size(), most, [&](std::size_t index) { ++calls[index]; });

    CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& count) { return count == 1; }));
  }
  in_threads(0, 4, [](std::size_t) { FAIL("there is nothing to do"); });
}

TEST_CASE("at least one thread is of use, and no more than eight") {
  CHECK(useful_threads() >= 1);
  CHECK(useful_threads() <= 8);
}

}  // namespace kpkg
