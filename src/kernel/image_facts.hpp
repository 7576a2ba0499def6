// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"
#include "kernel/unpacked_image.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

/// What an unpacked kernel tells of itself besides its exports. Nothing: the image does not tell.
struct ImageFacts {
  std::optional<std::string> form = {};           ///< how it is packed: "x86 bzImage, xz, ELF vmlinux"
  std::optional<std::string> banner = {};         ///< of /proc/version, without "Linux version "
  std::optional<std::string> build_id = {};       ///< hexadecimal
  std::optional<std::string> configuration = {};  ///< CONFIG_IKCONFIG: the text of .config
  std::optional<std::string> btf = {};            ///< the contents of .BTF
  std::vector<std::string> certificates =
      {};                                    ///< DER of what looks like X.509; to be verified by whoever asks
  std::vector<std::string_view> texts = {};  ///< of those asked for the ones that stand in it

  bool operator==(const ImageFacts&) const = default;
};

/// Reads an unpacked kernel. `texts` are looked for in its memory; they outlive the answer. `order` is that
/// of its machine. Pure, and linear in the size of the image.
ImageFacts image_facts(const UnpackedImage& image, elf::ByteOrder order,
                       std::span<const std::string_view> texts = {});

}  // namespace kpkg::kernel
