// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/container.hpp"

#include <string>
#include <string_view>

namespace kpkg::kernel {

/// A kernel as it lies in memory, or as the ELF file that it was linked to.
struct UnpackedImage {
  std::string bytes;
  bool is_elf = false;  ///< false: flat, without sections
  std::string form;     ///< for people: "x86 bzImage, xz"

  bool operator==(const UnpackedImage&) const = default;
};

/// The largest kernel that is unpacked; debug information is never in an image that boots.
constexpr std::uint64_t largest_unpacked_image = 256U << 20;

/// Unpacks the bytes of a kernel image, through as many containers as there are (three at most).
///
/// Memory stays below four times `limit`, time is linear in it, whatever the bytes are. Errors: corrupt:
/// damaged, cut off, larger than `limit` bytes when unpacked, or not as large as the container says;
/// unsupported: as elf::find_container, or a compression that libarchive lacks.
Result<UnpackedImage> unpack_image(std::string bytes, std::uint64_t limit = largest_unpacked_image);

}  // namespace kpkg::kernel
