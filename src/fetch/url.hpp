// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg::fetch {

// As much of RFC 3986 as is needed to judge and to show a URL; libcurl and git do the rest.

/// Lower-case, "https"; empty if there is no "://".
std::string scheme_of(std::string_view url);

/// Without user, password and port; empty for file://.
std::string host_of(std::string_view url);

/// Whether it has only characters that a URL may have, so that it can be shown and given to a program.
bool is_clean_url(std::string_view url);

/// The URL for a message or a log: without user and password.
std::string without_credentials(std::string_view url);

}  // namespace kpkg::fetch
