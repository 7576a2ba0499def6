// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/bytes_json.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <charconv>
#include <optional>
#include <span>

namespace kpkg::abi {
namespace {

std::string hex_of(std::string_view bytes) {
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::optional<std::string> bytes_of(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t index = 0; index < hex.size(); index += 2) {
    unsigned value = 0;
    const char* const first = hex.data() + index;
    if (std::from_chars(first, first + 2, value, 16).ptr != first + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

Json json_of_bytes(std::string_view bytes) {
  return hex_of(bytes);
}

Json json_of_bytes(const std::vector<std::string>& each) {
  Json list = Json::array();
  for (const auto& bytes : each) list.push_back(hex_of(bytes));
  return list;
}

Result<std::string> bytes_from(const JsonReader& reader, std::string_view key) {
  const auto text = KPKG_TRY(reader.text(key));
  auto bytes = bytes_of(text);
  if (!bytes) return reader.wrong(key, "hexadecimal digits");
  return *std::move(bytes);
}

Result<std::vector<std::string>> bytes_list_from(const JsonReader& reader, std::string_view key) {
  std::vector<std::string> list;
  for (const auto& text : KPKG_TRY(reader.texts(key))) {
    auto bytes = bytes_of(text);
    if (!bytes) return reader.wrong(key, "hexadecimal digits");
    list.push_back(*std::move(bytes));
  }
  return list;
}

}  // namespace kpkg::abi
