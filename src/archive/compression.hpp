// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kpkg::archive {

/// How one stream of bytes is compressed.
enum class Compression { none, gzip, bzip2, xz, lzma, zstd, lz4 };

/// Told from the first bytes; `none` when they are no known magic.
/// Source: RFC 1952 2.3.1, RFC 8878 3.1.1, The .xz File Format 2.1.1.1, lz4 frame and legacy format.
Compression compression_of(std::string_view bytes);

/// The bytes decompressed, or a copy of them when they are not compressed.
///
/// `limit` is the largest size in bytes of the answer; it is enforced before memory grows to it. Bytes after
/// the end of the stream must be cut off by the caller (a kernel image has a size word there). Errors:
/// corrupt: damaged, truncated, or larger than the limit; unsupported: this libarchive cannot read it.
Result<std::string> decompress(std::string_view bytes, std::uint64_t limit);

/// The bytes as one stream of zstd, at a level that takes seconds for megabytes. Equal bytes give equal
/// streams with the same libarchive and libzstd.
///
/// Errors: unsupported: this libarchive cannot write zstd.
Result<std::string> compress(std::string_view bytes);

}  // namespace kpkg::archive
