// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"
#include "tree/attestation.hpp"

namespace kpkg::tree {

/// {"standing": "verified", "observations": [{"aspect", "weight", "text", "meaning", "remedy", "details"}]}
Json to_json(const Attestation& attestation);

/// Errors: corrupt: not of that form, or with a name that this kpkg does not know.
Result<Attestation> attestation_from_json(const Json& value);

}  // namespace kpkg::tree
