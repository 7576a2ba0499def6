// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg::dkmsconf {

/// A version in the form in which DKMS compares two: as bytes, once each number has at least three digits.
/// "6.1.0-rc1" is "006.001.000-rc001". What is longer is greater, so that 6.1-rc1 is beyond a maximum of 6.1.
/// Blanks are left out.
std::string padded_version(std::string_view version);

}  // namespace kpkg::dkmsconf
