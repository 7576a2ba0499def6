// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::system {

/// Opens /dev/null as each of stdin, stdout and stderr that is closed, so that no file that is opened later
/// becomes one of them and gets what is printed. Call first in main.
void open_standard_streams();

/// Writes to stdout at once. A reader that went away (kpkg list | head) is no error.
///
/// Errors: no_space, io: what stdout is cannot take it, such as a file on a full disk.
Status print(std::string_view text);

/// Writes to stderr at once.
void print_error(std::string_view text);

/// One line from stdin without its end, or nothing at its end or when the user interrupts.
std::optional<std::string> read_answer();

}  // namespace kpkg::system
