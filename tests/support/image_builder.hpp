// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Files that hold a kernel, as far as the headers tell; what is inside is the caller's.
namespace kpkg::test {

/// `stream` with the size of what is in it behind it, as kbuild appends it to all but gzip streams.
std::string with_size_word(std::string stream, std::uint32_t unpacked_size);

/// An x86 image of boot protocol 2.15 around `payload`.
std::string a_bzimage(std::string_view payload);

/// An EFI zboot image around `stream`, whose size word follows it and is not counted.
std::string a_zboot_image(std::string_view stream, std::string_view compression);

/// An arm image with `code` in front of its payload and `tail` behind it, and the table of sizes.
std::string a_zimage(std::string_view payload, std::string_view code = {}, std::string_view tail = {});

/// The same without that table, as before 4.15.
std::string an_old_zimage(std::string_view payload);

/// An s390 image with `code` in front of its payload and the boot loader's mark at its end; no header says
/// where which begins.
std::string an_s390_image(std::string_view payload, std::string_view code = {});

/// An arm64 Image whose memory is `body` after the header of 64 bytes.
std::string an_arm64_image(std::string_view body);

/// `bytes` in the legacy frame of lz4, all of it literals.
std::string lz4_legacy(std::string_view bytes);

}  // namespace kpkg::test
