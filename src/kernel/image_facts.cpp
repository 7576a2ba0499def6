// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image_facts.hpp"

#include "base/text.hpp"
#include "elf/image_parts.hpp"
#include "elf/text_search.hpp"
#include "kernel/configuration_search.hpp"
#include "kernel/image.hpp"

namespace kpkg::kernel {
namespace {

std::string hex_of(std::string_view bytes) {
  return to_hex({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

}  // namespace

ImageFacts image_facts(const UnpackedImage& image, elf::ByteOrder order,
                       std::span<const std::string_view> texts) {
  ImageFacts facts{.form = image.form};
  const auto parts = elf::image_parts(image.bytes, order);
  if (parts.btf) facts.btf = std::string(*parts.btf);
  if (parts.build_id) facts.build_id = hex_of(*parts.build_id);
  facts.certificates.assign(parts.certificates.begin(), parts.certificates.end());
  const auto text = banner(image.bytes);
  if (!text.empty()) facts.banner = std::string(text);
  // A damaged one is as good as none: there are other sources.
  auto configuration = embedded_text(image.bytes);
  if (configuration) facts.configuration = *std::move(configuration);
  const auto found = elf::contains_each(image.bytes, texts);
  for (std::size_t index = 0; index < texts.size(); ++index)
    if (found[index]) facts.texts.push_back(texts[index]);
  return facts;
}

}  // namespace kpkg::kernel
