// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace kpkg::dkmsconf {

// Private to dkmsconf/: is the answer about a file a function of its text? This is no reader of shell: what
// it does not know at first sight is not plain, and only costs that more is looked at before an answer is
// believed.

/// Whether a shell takes the text for itself wherever it stands in double quotes, and finds no file by it.
bool is_harmless(std::string_view value);

/// Whether every line of `text` is empty, a comment, or assigns one word or one quoted text that runs
/// nothing, names no pattern that files could match, and refers to no variable but those of `known`. Adds to
/// these what it assigns.
bool is_plain(std::string_view text, std::set<std::string, std::less<>>& known);

}  // namespace kpkg::dkmsconf
