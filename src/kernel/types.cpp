// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/types.hpp"

#include "elf/number.hpp"
#include "kernel/unpacked_image.hpp"

#include <algorithm>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_types = 64U << 20;
constexpr std::uint64_t header_size = 24;
constexpr std::uint64_t fewest_types_size = 64U << 10;  // of a kernel; a module's own are another's

/// The size of what begins with this header, if it can be that of a kernel.
std::optional<std::uint64_t> size_of(std::string_view bytes, elf::ByteOrder order) {
  const auto number = [&](std::uint64_t offset) { return elf::number_at(bytes, offset, 4, order); };
  if (bytes.size() < header_size || number(4) != header_size) return std::nullopt;
  const auto types_end = number(8) + number(12);
  const auto names_start = number(16);
  const auto size = header_size + names_start + number(20);
  const bool is_plausible = number(8) == 0 && types_end == names_start && size >= fewest_types_size;
  return is_plausible && size <= bytes.size() ? std::optional(size) : std::nullopt;
}

std::optional<std::string_view> types_after(std::string_view image, std::string_view start,
                                            elf::ByteOrder order) {
  for (auto hit = image.find(start); hit != std::string_view::npos; hit = image.find(start, hit + 1))
    if (const auto size = size_of(image.substr(hit), order)) return image.substr(hit, *size);
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> types_in(std::string_view image) {
  // The magic 0xeb9f, version 1, no flags, and the size of the header.
  constexpr std::string_view little("\x9f\xeb\x01\x00\x18\x00\x00\x00", 8);
  constexpr std::string_view big("\xeb\x9f\x01\x00\x00\x00\x00\x18", 8);
  const auto found = types_after(image, little, elf::ByteOrder::little);
  return found ? found : types_after(image, big, elf::ByteOrder::big);
}

Result<std::optional<std::string>> read_types(const system::Root& root, const Kernel& kernel) {
  if (kernel.is_running) {
    auto types = KPKG_TRY(root.read_if_present("/sys/kernel/btf/vmlinux", largest_types));
    if (types) return types;
  }
  if (!kernel.image) return std::optional<std::string>{};
  auto bytes = KPKG_TRY(root.read(*kernel.image, largest_unpacked_image));
  const auto image = unpack_image(std::move(bytes));
  const auto types = image ? types_in(image->bytes) : std::nullopt;
  return types ? std::optional<std::string>(*types) : std::nullopt;
}

}  // namespace kpkg::kernel
