// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg {

/// The parts of `text` between separators; an empty text has one empty part.
std::vector<std::string> split(std::string_view text, char separator);

/// The words of `text`, separated by any run of blanks, tabs and line ends.
std::vector<std::string> words(std::string_view text);

/// The lines of `text` without their ends; a last line without an end counts.
std::vector<std::string> lines(std::string_view text);

std::string join(std::span<const std::string> parts, std::string_view separator);

/// `text` without blanks, tabs and line ends at both sides.
std::string_view trimmed(std::string_view text);

std::string replaced(std::string text, std::string_view from, std::string_view to);

/// The candidate that a person most likely meant by `word`, or nothing if none is near (edit distance at most
/// a third).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// `bytes` as valid UTF-8: every invalid sequence becomes U+FFFD. Compiler output and kernel logs are bytes.
std::string valid_utf8(std::string_view bytes);

/// `bytes` safe for a terminal: valid UTF-8, control characters other than tab and newline shown as \xNN.
std::string printable(std::string_view bytes);

/// What a person gave as a name, fit to be told inside a message: printable, in one line, and the middle left
/// out where it is longer than a name can be.
std::string told_name(std::string_view bytes);

/// "0.42 s", "12.3 s", "2 min 05 s".
std::string duration_text(std::chrono::milliseconds duration);

/// "1 module", "2 modules".
std::string counted(std::size_t count, std::string_view noun);

/// A module name as the kernel compares it: dashes are underscores.
/// Source: linux scripts/Makefile.lib, name-fix-token; kmod treats both alike.
std::string module_key(std::string_view name);

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::span<const unsigned char> bytes);

}  // namespace kpkg
