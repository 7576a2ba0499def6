// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fill.hpp"

#include <optional>
#include <string_view>

namespace kpkg::abi {

/// What a pattern finds in `line`, or nothing if it does not fit; the pattern may begin anywhere in the line.
///
/// A pattern is the text of a message. `{module}` and `{symbol}` stand for a name, `{module_value}`,
/// `{kernel_value}` and `{detail}` for any text up to what follows in the pattern, `*` for any text that is
/// left out. A module that is named by its file is called by the file's name.
std::optional<Particulars> match(std::string_view pattern, std::string_view line);

}  // namespace kpkg::abi
