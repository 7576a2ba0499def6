// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/unpacked_image.hpp"

#include "archive/compression.hpp"

#include <fmt/format.h>

namespace kpkg::kernel {
namespace {

constexpr int most_containers = 3;  // a gzip stream with a zboot image with a gzip stream

Result<std::string> unpack(const elf::Payload& payload, std::uint64_t limit) {
  if (archive::compression_of(payload.bytes) == archive::Compression::none)
    return fail(
        ErrorKind::unsupported,
        fmt::format("the payload is compressed with {}, which kpkg does not read", payload.compression));
  // Known beforehand to be too large: nothing is unpacked then.
  if (payload.size && *payload.size > limit)
    return fail(ErrorKind::corrupt,
                fmt::format("the payload has {} bytes when unpacked, more than {}", *payload.size, limit));
  auto bytes = KPKG_TRY(archive::decompress(payload.bytes, payload.size ? *payload.size : limit));
  if (payload.size && bytes.size() != *payload.size)
    return fail(ErrorKind::corrupt,
                fmt::format("the payload has {} bytes when unpacked, not {} as the image says", bytes.size(),
                            *payload.size));
  return bytes;
}

/// The first candidate that is sound; else what is wrong with the first, the likeliest one.
Result<std::string> unpack_one_of(const elf::Container& container, UnpackedImage& image,
                                  std::uint64_t limit) {
  Result<std::string> first = fail(ErrorKind::corrupt, "there is no payload");
  for (const auto& payload : container.payloads) {
    auto bytes = unpack(payload, limit);
    const bool is_sound = bytes.has_value();
    if (is_sound) image.form += fmt::format(", {}", payload.compression);
    if (is_sound || &payload == &container.payloads.front()) first = std::move(bytes);
    if (is_sound) break;
  }
  return first;
}

}  // namespace

Result<UnpackedImage> unpack_image(std::string bytes, std::uint64_t limit) {
  UnpackedImage image{.bytes = std::move(bytes)};
  for (int depth = 0; depth <= most_containers; ++depth) {
    const auto container = KPKG_TRY(elf::find_container(image.bytes));
    image.form += fmt::format("{}{}", image.form.empty() ? "" : ", ", container.name);
    if (container.kind != elf::ContainerKind::packed) {
      image.is_elf = container.kind == elf::ContainerKind::elf;
      return image;
    }
    auto inner =
        unpack_one_of(container, image, limit).within("unpacking the " + std::string(container.name));
    image.bytes = KPKG_TRY(std::move(inner));
  }
  return fail(ErrorKind::unsupported, "the kernel image is packed more than three times");
}

}  // namespace kpkg::kernel
