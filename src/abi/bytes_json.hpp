// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/json_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

// Private to abi/: bytes in JSON, as hexadecimal digits.

Json json_of_bytes(std::string_view bytes);
Json json_of_bytes(const std::vector<std::string>& each);

/// Errors: corrupt: the field is absent or has other characters.
Result<std::string> bytes_from(const JsonReader& reader, std::string_view key);

/// An absent list is empty.
Result<std::vector<std::string>> bytes_list_from(const JsonReader& reader, std::string_view key);

}  // namespace kpkg::abi
