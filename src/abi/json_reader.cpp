// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/json_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace kpkg::abi {
namespace {

std::optional<std::uint64_t> number_from_hex(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

const Json* JsonReader::find(std::string_view key) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

tl::unexpected<Error> JsonReader::wrong(std::string_view key, std::string_view wanted) const {
  return fail(ErrorKind::corrupt, fmt::format("field {} of the {} is not {}", key, what_, wanted));
}

Status JsonReader::check_object() const {
  if (object_.is_object()) return {};
  return fail(ErrorKind::corrupt, fmt::format("the {} is not a JSON object", what_));
}

Result<std::optional<std::string>> JsonReader::optional_text(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return wrong(key, "a text");
  return std::optional(value->get<std::string>());
}

Result<std::string> JsonReader::text(std::string_view key) const {
  auto value = KPKG_TRY(optional_text(key));
  if (!value) return wrong(key, "a text");
  return std::move(*value);
}

Result<std::vector<std::string>> JsonReader::texts(std::string_view key) const {
  std::vector<std::string> result;
  const Json* const list = KPKG_TRY(optional_list(key));
  if (list == nullptr) return result;
  for (const Json& value : *list) {
    if (!value.is_string()) return wrong(key, "a list of texts");
    result.push_back(value.get<std::string>());
  }
  return result;
}

Result<std::optional<std::uint64_t>> JsonReader::optional_number(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::optional<std::uint64_t>();
  if (!value->is_number_unsigned()) return wrong(key, "a whole number");
  return std::optional(value->get<std::uint64_t>());
}

Result<std::uint64_t> JsonReader::number(std::string_view key) const {
  const auto value = KPKG_TRY(optional_number(key));
  if (!value) return wrong(key, "a whole number");
  return *value;
}

Result<std::optional<bool>> JsonReader::optional_flag(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::optional<bool>();
  if (!value->is_boolean()) return wrong(key, "true or false");
  return std::optional(value->get<bool>());
}

Result<bool> JsonReader::flag(std::string_view key) const {
  const auto value = KPKG_TRY(optional_flag(key));
  if (!value) return wrong(key, "true or false");
  return *value;
}

Result<std::optional<std::uint64_t>> JsonReader::optional_crc(std::string_view key) const {
  const auto text = KPKG_TRY(optional_text(key));
  if (!text) return std::optional<std::uint64_t>();
  const auto crc = number_from_hex(*text);
  if (!crc) return wrong(key, "a CRC such as 0x0000abcd");
  return crc;
}

Result<std::optional<std::uint32_t>> JsonReader::optional_crc32(std::string_view key) const {
  const auto crc = KPKG_TRY(optional_crc(key));
  if (!crc) return std::optional<std::uint32_t>();
  if (*crc > std::numeric_limits<std::uint32_t>::max()) return wrong(key, "a CRC of 32 bits");
  return std::optional(static_cast<std::uint32_t>(*crc));
}

Result<crypto::Digest> JsonReader::digest(std::string_view key) const {
  const auto hex = KPKG_TRY(text(key));
  const auto digest = crypto::Digest::parse(hex);
  if (!digest) return wrong(key, "a SHA-256 digest");
  return *digest;
}

Result<const Json*> JsonReader::optional_list(std::string_view key) const {
  const Json* const value = find(key);
  if (value != nullptr && !value->is_array()) return wrong(key, "a list");
  return value;
}

Result<const Json*> JsonReader::optional_object(std::string_view key) const {
  const Json* const value = find(key);
  if (value != nullptr && !value->is_object()) return wrong(key, "an object");
  return value;
}

Json json_of_crc(std::optional<std::uint64_t> crc) {
  return crc ? Json(fmt::format("{:#010x}", *crc)) : Json();
}

}  // namespace kpkg::abi
