// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "system/root.hpp"

#include <cstddef>
#include <string>

namespace kpkg::kernel {

// Private to kernel/: whether what is kept of a kernel is still true.

/// Higher whenever learn() learns otherwise from the same files. A new member of the facts is noticed without
/// it, and so is another version of kpkg.
inline constexpr int generation = 5;

inline constexpr std::size_t stamp_size = 64;

/// Whether the index of the modules counts, which depmod writes.
enum class Index { left_out, included };

/// Over everything that learn() asks: what shows that a file was replaced, and what a running kernel says.
Result<std::string> stamp_of(const system::Root& root, const Kernel& kernel, Index index);

/// Under what facts are kept: a stamp, then their bytes.
std::string facts_key(const Kernel& kernel);

/// Under what it is kept that another stamp means what that of the facts does: the other, then that.
std::string renewal_key(const Kernel& kernel);

/// The stamp that was kept, if it means what `stamp` does; else `stamp`.
std::string kept_stamp(const std::string& stamp, const Kernel& kernel, Memory& memory);

}  // namespace kpkg::kernel
