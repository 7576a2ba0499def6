// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/report.hpp"

#include <optional>
#include <string_view>

namespace kpkg::recipe {

/// Where `text` nests values or keys deeper than any recipe does, or nothing.
///
/// Asked before toml++ reads the text: it makes a table of every part of a dotted key, and destroys tables
/// recursively, so that one line "[a.a.a. ...]" of a megabyte overflows the stack.
std::optional<Place> excessive_nesting(std::string_view text);

}  // namespace kpkg::recipe
