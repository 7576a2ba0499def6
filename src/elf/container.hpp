// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// How a file holds a kernel.
enum class ContainerKind {
  elf,     ///< vmlinux: the bytes are an ELF file with the kernel's sections
  flat,    ///< the kernel's memory as it is: Image of arm64, and what an arm zImage has inside
  packed,  ///< a compressed payload, with or without code that unpacks it
};

/// A compressed stream inside a container.
struct Payload {
  std::string_view bytes;                    ///< the stream alone, without the size word behind it
  std::optional<std::uint32_t> size = {};    ///< of the unpacked bytes, as the container says
  std::string_view compression = "unknown";  ///< "xz", …: by its magic; "lzo" too

  bool operator==(const Payload&) const = default;
};

/// What kind of file holds the kernel, and where in it.
struct Container {
  ContainerKind kind = ContainerKind::flat;
  std::string_view name;               ///< for people: "x86 bzImage"
  std::vector<Payload> payloads = {};  ///< of `packed`: candidates, the likeliest first, at most 4

  bool operator==(const Container&) const = default;
};

/// Tells which container the bytes of a kernel image are, and where its payload is. A payload may be a
/// container again: Image.gz is a gzip stream with an arm64 Image in it.
///
/// Linear in the size of `bytes`; nothing is unpacked here.
/// Errors: corrupt: empty, or a header points outside the file; unsupported: the message names the format if
/// it is one that is known. Source: linux Documentation/arch/x86/boot.rst,
/// Documentation/arch/arm64/booting.rst, Documentation/arch/riscv/boot-image-header.rst,
/// drivers/firmware/efi/libstub/zboot-header.S (6.1), arch/arm/boot/compressed/head.S (table of sizes
/// since 4.15), arch/s390/boot/head.S and vmlinux.lds.S (6.1).
Result<Container> find_container(std::string_view bytes);

}  // namespace kpkg::elf
