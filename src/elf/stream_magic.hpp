// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace kpkg::elf {

// Private to elf/: where compressed streams begin. Unpacking is archive/'s, which elf/ does not know.

/// The compression of a stream that begins here: "gzip", "bzip2", "xz", "lzma", "zstd", "lz4", "lzo" or
/// "unknown". Looks at more than the magic where that is short, so that code is rarely taken for a stream.
/// Source: RFC 1952 2.3, RFC 8878 3.1.1, The .xz File Format 2.1.1, lz4 legacy frame, lzma-file-format.txt.
std::string_view stream_magic(std::string_view bytes);

/// The offsets, ascending, at which a stream may begin; at most 4.
std::vector<std::size_t> stream_starts(std::string_view bytes);

}  // namespace kpkg::elf
