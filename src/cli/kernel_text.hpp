// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json.hpp"
#include "workflow/targets.hpp"

#include <string>

namespace kpkg::cli {

/// All that is known of a kernel, for people.
std::string kernel_text(const workflow::Target& target);

/// How many symbols a kernel exports and what of them is special; null: not known.
Json symbol_counts_json(const abi::KernelFacts& facts);

}  // namespace kpkg::cli
