// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::settings {

/// Whether the whole of `text` is what `pattern` says: "*" stands for any run of characters, "?" for one, and
/// every other character for itself.
bool fits_pattern(std::string_view text, std::string_view pattern);

}  // namespace kpkg::settings
