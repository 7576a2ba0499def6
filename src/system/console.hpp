// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::system {

/// Writes to stdout at once. A reader that went away is not an error worth telling anybody.
void print(std::string_view text);

/// Writes to stderr at once.
void print_error(std::string_view text);

/// One line from stdin without its end, or nothing at its end or when the user interrupts.
std::optional<std::string> read_answer();

}  // namespace kpkg::system
