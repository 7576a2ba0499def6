// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// Reads the fields of one JSON object. A field that is null or absent is nothing; one of another type is
/// corrupt, and the message names the object and the field. Refers to the object, which must outlive it.
class JsonReader {
 public:
  /// `what` names the object in messages: "fingerprint".
  JsonReader(const Json& object, std::string_view what) : object_(object), what_(what) {}

  Result<std::string> text(std::string_view key) const;
  Result<std::optional<std::string>> optional_text(std::string_view key) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;
  Result<std::uint64_t> number(std::string_view key) const;
  Result<std::optional<std::uint64_t>> optional_number(std::string_view key) const;
  Result<bool> flag(std::string_view key) const;
  Result<std::optional<bool>> optional_flag(std::string_view key) const;

  /// A CRC, written as "0x0000abcd" because JSON's numbers do not hold 64 bits everywhere.
  Result<std::optional<std::uint64_t>> optional_crc(std::string_view key) const;
  Result<std::optional<std::uint32_t>> optional_crc32(std::string_view key) const;

  Result<crypto::Digest> digest(std::string_view key) const;

  /// The list or the object under `key`; nothing if it is absent or null.
  Result<const Json*> optional_list(std::string_view key) const;
  Result<const Json*> optional_object(std::string_view key) const;

  /// Errors: corrupt: the value is not an object.
  Status check_object() const;

  tl::unexpected<Error> wrong(std::string_view key, std::string_view wanted) const;

 private:
  const Json* find(std::string_view key) const;

  const Json& object_;
  std::string_view what_;
};

/// "0x0000abcd", or null.
Json json_of_crc(std::optional<std::uint64_t> crc);

/// The value, or null.
template <typename Value>
Json json_of(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

}  // namespace kpkg::abi
