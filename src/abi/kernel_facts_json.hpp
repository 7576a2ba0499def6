// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/json_forward.hpp"
#include "base/result.hpp"

namespace kpkg::abi {

/// The facts of a kernel as they are remembered and shown. The symbols are one text in the form of
/// Module.symvers: as 25,000 records they would take ten times as long to read.
Json to_json(const KernelFacts& facts);

/// Errors: corrupt: a field is missing or has another type; the message names it.
Result<KernelFacts> kernel_facts_from_json(const Json& value);

}  // namespace kpkg::abi
