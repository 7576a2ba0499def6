// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace kpkg {

// The door to nlohmann-json: for .cpp files and templates; headers that only name Json include
// base/json_forward.hpp.

/// The text of `value`, two blanks of indentation, invalid UTF-8 replaced: compiler logs are bytes.
std::string json_text(const Json& value);

/// Errors: corrupt: not JSON.
Result<Json> parse_json(std::string_view text);

}  // namespace kpkg
