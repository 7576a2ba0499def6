// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg {

// What paths say by themselves; nothing is looked at. A path has no slash at its end.

/// "/a" of "/a/b"; "/" of "/a".
std::string parent_of(std::string_view path);

/// "b" of "/a/b".
std::string_view last_of(std::string_view path);

/// Whether `path` is `directory` or lies below it; both canonical.
bool is_inside(std::string_view path, std::string_view directory);

}  // namespace kpkg
