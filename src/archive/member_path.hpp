// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "archive/unpack.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kpkg::archive {

// Private to archive/: the rules that names and links obey, without any disk.

/// A member's name as it came, fit for a message: one line, no control characters.
std::string shown(std::string_view name);

/// The clean relative form of a member's name, "" for the top itself.
///
/// Errors: corrupt: absolute, with "..", with control characters, empty, or too long.
Result<std::string> clean_path(std::string_view name);

/// Where a clean path goes after prefix and strip, or nothing if it is not to be unpacked.
std::optional<std::string> selected(const std::string& path, const UnpackOptions& options);

/// Links by their clean path.
using Links = std::map<std::string, std::string>;

/// The first link that leads out of the top, followed as the kernel would; all other names count as
/// directories.
///
/// A loop leads nowhere and is not reported. Source: path_resolution(7): ".." applies to what a link led to,
/// and 40 links are too many.
std::optional<std::string> link_leading_out(const Links& links);

}  // namespace kpkg::archive
