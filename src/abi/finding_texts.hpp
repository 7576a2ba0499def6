// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fill.hpp"
#include "abi/verdict.hpp"

namespace kpkg::abi {

/// The finding `id` of this severity with its texts filled in. Asking for a pair that the table lacks is our
/// own mistake.
Finding make_finding(FindingId id, Severity severity, const Particulars& particulars);

}  // namespace kpkg::abi
