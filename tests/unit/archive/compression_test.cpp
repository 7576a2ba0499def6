// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/compression.hpp"

#include "unit/archive/archives.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using archive_test::compressed;
using kpkg::archive::Compression;
using kpkg::archive::compression_of;
using kpkg::archive::decompress;

namespace {

constexpr std::uint64_t enough = 1U << 20;

std::string a_module() {
  return "\x7F" + std::string("ELF") + std::string(100'000, 'm') + "end";
}

/// How many of the lengths 1 .. all but one of a compressed module yield an answer.
std::size_t accepted_cuts(const std::string& filter) {
  const auto whole = compressed(a_module(), filter);
  std::size_t accepted = 0;
  for (std::size_t length = 8; length < whole.size(); ++length)
    accepted += decompress(std::string_view(whole).substr(0, length), enough).has_value() ? 1 : 0;
  return accepted;
}

}  // namespace

TEST_CASE("every compression that kernels and modules have is told by its magic and undone") {
  CHECK(decompress(compressed(a_module(), "gzip"), enough) == a_module());
  CHECK(decompress(compressed(a_module(), "bzip2"), enough) == a_module());
  CHECK(decompress(compressed(a_module(), "xz"), enough) == a_module());
  CHECK(decompress(compressed(a_module(), "lzma"), enough) == a_module());
  CHECK(decompress(compressed(a_module(), "zstd"), enough) == a_module());
  CHECK(decompress(compressed(a_module(), "lz4"), enough) == a_module());
  CHECK(compression_of(compressed("x", "zstd")) == Compression::zstd);
}

TEST_CASE("bytes that are not compressed come back unchanged, within the limit") {
  CHECK(compression_of(a_module()) == Compression::none);
  CHECK(decompress(a_module(), enough) == a_module());
  CHECK(decompress("", 0) == "");
  CHECK(decompress("four", 3).error().kind == ErrorKind::corrupt);
}

TEST_CASE("compressed nothing is nothing") {
  CHECK(decompress(compressed("", "gzip"), enough) == "");
  CHECK(decompress(compressed("", "xz"), enough) == "");
  CHECK(decompress(compressed("", "zstd"), enough) == "");
}

TEST_CASE("a stream that grows over the limit is stopped, and one that just fits is not") {
  const auto bomb = compressed(std::string(64U << 20, '\0'), "zstd");

  CHECK(decompress(bomb, enough).error().message == "the bytes are larger than 1048576 when decompressed");
  CHECK(decompress(compressed(std::string(1000, 'x'), "gzip"), 1000).has_value());
  CHECK(decompress(compressed(std::string(1000, 'x'), "gzip"), 999).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a stream that is cut anywhere is damaged") {
  CHECK(accepted_cuts("gzip") == 0);
  CHECK(accepted_cuts("xz") == 0);
  CHECK(accepted_cuts("zstd") == 0);
}

TEST_CASE("a magic with nothing or rubbish behind it is damaged and not taken for plain bytes") {
  CHECK(decompress("\x1F\x8B", enough).error().kind == ErrorKind::corrupt);
  CHECK(decompress("\x28\xB5\x2F\xFDrubbish", enough).error().kind == ErrorKind::corrupt);
  CHECK(decompress(std::string("\xFD\x37\x7A\x58\x5A\x00", 6) + "rubbish", enough).error().kind ==
        ErrorKind::corrupt);
}

TEST_CASE("a changed byte in the middle of a stream with a checksum is found") {
  auto bytes = compressed(a_module(), "xz");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);

  CHECK(decompress(bytes, enough).error().kind == ErrorKind::corrupt);
}

TEST_CASE("what was compressed is told by its magic and comes back") {
  const auto compressed = archive::compress(a_module()).value();

  CHECK(compression_of(compressed) == Compression::zstd);
  CHECK(compressed.size() < 200);
  CHECK(decompress(compressed, enough) == a_module());
  CHECK(decompress(archive::compress("").value(), enough) == "");
}
