// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/configuration_text.hpp"

#include "kernel/image_facts.hpp"
#include "kernel/unpacked_image.hpp"

#include <fmt/format.h>

#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::string_view of_image = "the image ";

Result<std::optional<std::string>> text_in_image(const Subject& subject, const std::string& image) {
  auto bytes = KPKG_TRY(subject.root.read(image, kernel::largest_unpacked_image));
  const auto unpacked = kernel::unpack_image(std::move(bytes));
  if (!unpacked) return std::optional<std::string>{};
  const auto& architecture = subject.learned.facts.architecture;
  const auto order = architecture ? architecture->byte_order : elf::ByteOrder::little;
  return kernel::image_facts(*unpacked, order).configuration;
}

/// What stands in `origin`, as kernel/ names it; nothing: it is no file that holds the text.
Result<std::optional<std::string>> text_of(const Subject& subject, const std::string& origin) {
  if (origin.starts_with(of_image)) return text_in_image(subject, origin.substr(of_image.size()));
  if (!origin.starts_with('/')) return std::optional<std::string>{};
  return kernel::configuration_file(subject.root, origin);
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
  return ConfigurationText{
      .text = believed->text(), .origin = origin.empty() ? "the kernel's facts" : origin, .is_whole = false};
}

}  // namespace kpkg::tree
