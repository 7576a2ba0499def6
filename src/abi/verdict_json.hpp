// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"
#include "base/json_forward.hpp"
#include "base/result.hpp"

namespace kpkg::abi {

/// The verdict as the store keeps it and `--json` prints it.
Json to_json(const Verdict& verdict);
Json to_json(const Finding& finding);

/// Errors: corrupt: a field is missing, has another type or a name that this kpkg does not know; the message
/// names it.
Result<Verdict> verdict_from_json(const Json& value);

}  // namespace kpkg::abi
