// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <functional>

namespace kpkg {

/// How many threads are of use here for work that computes and looks at files: one for each processor, up to
/// eight.
std::size_t useful_threads();

/// Calls `work` once for each index below `count`, in up to `most` threads, of which the caller's is one, and
/// returns when all calls have. They come in any order and at the same time. Where the system gives no more
/// threads, fewer do it.
void in_threads(std::size_t count, std::size_t most, const std::function<void(std::size_t)>& work);

}  // namespace kpkg
