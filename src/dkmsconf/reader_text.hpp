// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::dkmsconf {

// Private to dkmsconf/.

/// The program that bash runs: reader.bash, which the build puts into kpkg.
std::string_view reader_text();

}  // namespace kpkg::dkmsconf
