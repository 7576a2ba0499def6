// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/signature_policy.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

/// The certificates that a kernel trusts by its own image, from the unpacked image.
///
/// They lie in one run, and behind it is a word with the run's length; certificates for other ends (those of
/// the wireless regulations) have none. Nothing if no such run is found: then they are not known.
/// Source: linux certs/system_certificates.S.
std::optional<std::vector<abi::TrustedKey>> built_in_keys(std::string_view unpacked_image);

}  // namespace kpkg::kernel
