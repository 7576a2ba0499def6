// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "base/json_forward.hpp"
#include "base/result.hpp"

namespace kpkg::abi {

/// The fingerprint as the store keeps it and `kpkg inspect --json` prints it.
Json to_json(const Fingerprint& fingerprint);

/// Errors: corrupt: a field is missing or has another type; the message names it.
Result<Fingerprint> fingerprint_from_json(const Json& value);

/// The parts that fingerprints and kernels have in common, as in the functions above.
Json to_json(const elf::Architecture& architecture);
Json to_json(const Layout& layout);
Result<elf::Architecture> architecture_from_json(const Json& value);
Result<Layout> layout_from_json(const Json& value);

}  // namespace kpkg::abi
