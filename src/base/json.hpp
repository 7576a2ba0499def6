// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace kpkg {

/// A JSON value whose objects keep the order in which they were filled. This header is the door to
/// nlohmann-json: include it in .cpp files and in headers whose subject is JSON, nowhere else.
using Json = nlohmann::ordered_json;

/// The text of `value`, two blanks of indentation, invalid UTF-8 replaced: compiler logs are bytes.
std::string json_text(const Json& value);

/// Errors: corrupt: not JSON.
Result<Json> parse_json(std::string_view text);

}  // namespace kpkg
