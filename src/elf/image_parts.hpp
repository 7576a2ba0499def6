// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// What lies in an unpacked kernel besides code. Views of its bytes; nothing: it is not there, or more than
/// one thing could be it.
struct ImageParts {
  std::optional<std::string_view> btf = {};         ///< the kernel's types
  std::optional<std::string_view> build_id = {};    ///< the bytes of the GNU build id
  std::vector<std::string_view> certificates = {};  ///< X.509, DER; candidates by their form alone

  bool operator==(const ImageParts&) const = default;
};

/// Finds these parts by the sections of a vmlinux, and in memory without sections by their forms. `order` is
/// that of memory without sections.
///
/// Linear in the size of `image`, whatever it is; at most 256 certificates.
/// Source: linux Documentation/bpf/btf.rst, "struct btf_header"; elf(5), "Notes"; linux
/// certs/system_certificates.S (the certificates stand one behind the other); RFC 5280 4.1.
ImageParts image_parts(std::string_view image, ByteOrder order);

}  // namespace kpkg::elf
