// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/configuration_text.hpp"

#include "archive/compression.hpp"
#include "kernel/image_facts.hpp"
#include "kernel/unpacked_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_configuration = 16U << 20;
constexpr std::string_view of_image = "the image ";

Result<std::optional<std::string>> text_in_image(const Subject& subject, const std::string& image) {
  auto bytes = KPKG_TRY(subject.root.read(image, kernel::largest_unpacked_image));
  const auto unpacked = kernel::unpack_image(std::move(bytes));
  if (!unpacked) return std::optional<std::string>{};
  const auto& architecture = subject.learned.facts.architecture;
  const auto order = architecture ? architecture->byte_order : elf::ByteOrder::little;
  return kernel::image_facts(*unpacked, order).configuration;
}

Result<std::optional<std::string>> text_in_file(const Subject& subject, const std::string& path) {
  auto bytes = KPKG_TRY(subject.root.read_if_present(path, largest_configuration));
  if (bytes && path.ends_with(".gz"))
    bytes = KPKG_TRY(archive::decompress(*bytes, largest_configuration).within("reading " + path));
  return bytes;
}

/// What stands in `origin`, as kernel/ names it; nothing: it is no file that holds the text.
Result<std::optional<std::string>> text_of(const Subject& subject, const std::string& origin) {
  if (origin.starts_with(of_image)) return text_in_image(subject, origin.substr(of_image.size()));
  if (!origin.starts_with('/')) return std::optional<std::string>{};
  return text_in_file(subject, origin);
}

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

/// Whether a value is one of an option that is no text: Kconfig takes neither these with quotes nor texts
/// without.
bool is_bare(std::string_view value) {
  if (value == "y" || value == "m") return true;
  if (value.starts_with("0x")) return value.size() > 2;
  if (value.starts_with('-')) value.remove_prefix(1);
  return !value.empty() && std::all_of(value.begin(), value.end(), is_digit);
}

std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char character : value) {
    if (character == '"' || character == '\\') text += '\\';
    text += character;
  }
  return text + "\"";
}

/// What is set, as Kconfig reads it.
std::string written_anew(const kernel::Configuration& configuration) {
  std::string text;
  for (const auto& [key, value] : configuration.settings())
    text += fmt::format("{}={}\n", key, is_bare(value) ? value : quoted(value));
  return text;
}

}  // namespace

Result<ConfigurationText> configuration_text(const Subject& subject) {
  const auto& believed = subject.learned.configuration;
  if (!believed || believed->size() == 0)
    return fail(ErrorKind::not_found,
                fmt::format("nobody knows how kernel {} was configured", subject.kernel.release),
                fmt::format("bring its configuration to /boot/config-{}", subject.kernel.release));
  const auto origin = subject.learned.facts.identity.configuration.value_or("");
  auto text = subject.configuration_text ? subject.configuration_text : KPKG_TRY(text_of(subject, origin));
  // A file of another form (configs.ko) is no text that sets the same.
  if (text && kernel::Configuration::parse(*text) == *believed) {
    const bool is_whole = text->find(" is not set\n") != std::string::npos;
    return ConfigurationText{.text = std::move(*text), .origin = origin, .is_whole = is_whole};
  }
  return ConfigurationText{.text = written_anew(*believed),
                           .origin = origin.empty() ? "the kernel's facts" : origin,
                           .is_whole = false};
}

}  // namespace kpkg::tree
