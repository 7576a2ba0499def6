// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/database.hpp"

namespace kpkg::store {

Value value_of(const crypto::Digest& digest) {
  return digest.hex();
}

Value value_of(const std::optional<crypto::Digest>& digest) {
  return digest ? Value(digest->hex()) : Value();
}

Value value_of(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value();
}

Value Fields::next() {
  if (at_ < values_.size()) return std::move(values_[at_++]);
  sound_ = false;
  return {};
}

std::int64_t Fields::integer() {
  const auto value = next();
  const auto* integer = std::get_if<std::int64_t>(&value);
  sound_ = sound_ && integer != nullptr;
  return integer != nullptr ? *integer : 0;
}

std::string Fields::text() {
  auto found = optional_text();
  sound_ = sound_ && found.has_value();
  return std::move(found).value_or("");
}

std::optional<std::string> Fields::optional_text() {
  auto value = next();
  if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
  auto* text = std::get_if<std::string>(&value);
  sound_ = sound_ && text != nullptr;
  return text != nullptr ? std::optional(std::move(*text)) : std::nullopt;
}

std::string Fields::blob() {
  auto value = next();
  auto* blob = std::get_if<Blob>(&value);
  sound_ = sound_ && blob != nullptr;
  return blob != nullptr ? std::move(blob->bytes) : std::string();
}

crypto::Digest Fields::digest() {
  const auto found = optional_digest();
  sound_ = sound_ && found.has_value();
  return found.value_or(crypto::Digest{});
}

std::optional<crypto::Digest> Fields::optional_digest() {
  const auto hex = optional_text();
  if (!hex) return std::nullopt;
  const auto digest = crypto::Digest::parse(*hex);
  sound_ = sound_ && digest.has_value();
  return digest ? std::optional(*digest) : std::nullopt;
}

}  // namespace kpkg::store
