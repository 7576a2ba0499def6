// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/firmware_keys.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <span>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_variable = 1U << 20;
constexpr std::size_t attributes_size = 4;  // in front of every variable's value
constexpr std::size_t list_header_size = 28;
constexpr std::size_t owner_size = 16;
constexpr std::string_view directory = "/sys/firmware/efi/efivars/";

/// EFI_CERT_X509_GUID, a5c059a1-94e4-4aa7-87b5-ab155c2bf072, as it lies in memory.
constexpr std::string_view x509_type("\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72", 16);

struct Variable {
  std::string_view name;
  std::string_view origin;
};

constexpr std::array key_variables{
    Variable{"MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23", "the machine owner's keys (MOK)"},
    Variable{"db-d719b2cb-3d3a-4596-a3bc-dad00e67656f", "the firmware's keys (db)"}};
constexpr std::array revoking_variables{
    Variable{"MokListXRT-605dab50-e046-4300-abb6-3dd810dd8b23", "the owner's list of revoked keys (MOKX)"},
    Variable{"dbx-d719b2cb-3d3a-4596-a3bc-dad00e67656f", "the firmware's list of revoked keys (dbx)"}};
constexpr std::string_view secure_boot = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr std::string_view shim_is_off = "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23";

std::size_t word_at(std::string_view bytes, std::size_t offset) {
  std::size_t word = 0;
  for (std::size_t index = 4; index > 0; --index)
    word = word << 8 | static_cast<std::uint8_t>(bytes[offset + index - 1]);
  return word;
}

/// The value of a variable; nothing if it is absent or for root alone.
Result<std::optional<std::string>> variable(const system::Root& root, std::string_view name) {
  const auto value = root.read_if_present(std::string(directory) + std::string(name), largest_variable);
  if (!value || !*value || (*value)->size() < attributes_size) return std::optional<std::string>{};
  return std::optional((*value)->substr(attributes_size));
}

std::optional<std::string> bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t index = 0; index + 1 < hex.size(); index += 2) {
    unsigned value = 0;
    if (std::from_chars(hex.data() + index, hex.data() + index + 2, value, 16).ptr != hex.data() + index + 2)
      return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

Result<std::vector<abi::TrustedKey>> keys_in(const system::Root& root, std::span<const Variable> variables) {
  std::vector<abi::TrustedKey> keys;
  for (const auto& each : variables) {
    const auto value = KPKG_TRY(variable(root, each.name));
    if (!value) continue;
    const auto found = keys_of_signature_list(*value, each.origin);
    keys.insert(keys.end(), found.begin(), found.end());
  }
  return keys;
}

}  // namespace

std::vector<abi::TrustedKey> keys_of_signature_list(std::string_view bytes, std::string_view origin) {
  std::vector<abi::TrustedKey> keys;
  while (bytes.size() >= list_header_size) {
    const auto list_size = word_at(bytes, 16);
    const auto header_size = word_at(bytes, 20);
    const auto entry_size = word_at(bytes, 24);
    if (list_size < list_header_size || list_size > bytes.size()) break;
    auto entries = bytes.substr(list_header_size, list_size - list_header_size);
    if (header_size > entries.size() || entry_size <= owner_size) break;
    entries.remove_prefix(header_size);
    const bool has_certificates = bytes.starts_with(x509_type);
    for (; has_certificates && entries.size() >= entry_size; entries.remove_prefix(entry_size)) {
      auto key = abi::key_of_certificate(entries.substr(owner_size, entry_size - owner_size), origin);
      if (key) keys.push_back(*std::move(key));
    }
    bytes.remove_prefix(list_size);
  }
  return keys;
}

Result<std::vector<abi::TrustedKey>> firmware_keys(const system::Root& root) {
  return keys_in(root, key_variables);
}

Result<std::vector<abi::TrustedKey>> revoked_firmware_keys(const system::Root& root) {
  return keys_in(root, revoking_variables);
}

Result<std::optional<bool>> is_secure_boot(const system::Root& root) {
  const auto status = KPKG_TRY(root.status("/sys/firmware/efi"));
  if (!status) return std::optional(false);
  const auto state = KPKG_TRY(variable(root, secure_boot));
  if (!state || state->empty()) return std::optional<bool>{};
  const auto off = KPKG_TRY(variable(root, shim_is_off));
  const bool is_off = off && !off->empty() && off->front() == 1;
  return std::optional(state->front() == 1 && !is_off);
}

std::vector<abi::TrustedKey> keys_of_running_kernel(std::string_view text) {
  constexpr std::string_view type = " asymmetri ";
  std::vector<abi::TrustedKey> keys;
  for (const auto& line : lines(text)) {
    const auto start = line.find(type);
    const auto end = line.rfind(": X509.");
    if (start == std::string::npos || end == std::string::npos || end < start + type.size()) continue;
    const auto description = line.substr(start + type.size(), end - start - type.size());
    const auto colon = description.rfind(": ");
    if (colon == std::string::npos) continue;
    auto key_id = bytes_of(std::string_view(description).substr(colon + 2));
    if (!key_id) continue;
    keys.push_back({.name = description.substr(0, colon),
                    .key_id = *std::move(key_id),
                    .certificate = {},
                    .origin = "the running kernel's keyrings"});
  }
  return keys;
}

}  // namespace kpkg::kernel
