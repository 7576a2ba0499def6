// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/unpacked_image.hpp"

#include "support/image_builder.hpp"
#include "unit/archive/archives.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using archive_test::compressed;
using kernel::unpack_image;

namespace {

const std::string vmlinux =
    "\x7f"
    "ELF" +
    std::string(100'000, 'k');

/// A bzImage with vmlinux in it, compressed by `filter`.
std::string a_bzimage_of(const std::string& filter) {
  const auto stream = compressed(vmlinux, filter);
  return test::a_bzimage(
      filter == "gzip" ? stream : test::with_size_word(stream, static_cast<std::uint32_t>(vmlinux.size())));
}

std::string form_of(const std::string& image) {
  const auto unpacked = unpack_image(image);
  REQUIRE(unpacked.has_value());
  CHECK(unpacked->bytes == vmlinux);
  CHECK(unpacked->is_elf);
  return unpacked->form;
}

/// What is said of a stream of eight times the limit.
std::string refusal_of_bomb(const std::string& filter) {
  constexpr std::uint64_t limit = 1U << 20;
  return unpack_image(compressed(std::string(8 * limit, '\0'), filter), limit).error().text();
}

}  // namespace

TEST_CASE("a bzImage is unpacked, whatever it is compressed with") {
  CHECK(form_of(a_bzimage_of("gzip")) == "x86 bzImage, gzip, ELF vmlinux");
  CHECK(form_of(a_bzimage_of("xz")) == "x86 bzImage, xz, ELF vmlinux");
  CHECK(form_of(a_bzimage_of("zstd")) == "x86 bzImage, zstd, ELF vmlinux");
  CHECK(form_of(a_bzimage_of("bzip2")) == "x86 bzImage, bzip2, ELF vmlinux");
  CHECK(form_of(a_bzimage_of("lzma")) == "x86 bzImage, lzma, ELF vmlinux");
}

TEST_CASE("the legacy format of lz4, which kbuild writes, is unpacked") {
  const auto stream = test::lz4_legacy(vmlinux);

  CHECK(form_of(test::a_bzimage(test::with_size_word(stream, static_cast<std::uint32_t>(vmlinux.size())))) ==
        "x86 bzImage, lz4, ELF vmlinux");
}

TEST_CASE("a container inside a container is unpacked, and an arm64 Image is flat") {
  const auto body = test::an_arm64_image(std::string(5000, 'a'));

  const auto unpacked = unpack_image(test::a_zboot_image(compressed(body, "zstd"), "zstd"));
  const auto from_gzip = unpack_image(compressed(body, "gzip"));

  REQUIRE(unpacked.has_value());
  CHECK(unpacked->bytes == body);
  CHECK_FALSE(unpacked->is_elf);
  CHECK(unpacked->form == "EFI zboot image, zstd, arm64 Image");
  CHECK(from_gzip->form == "compressed kernel, gzip, arm64 Image");
}

TEST_CASE("of the candidates in an arm zImage the sound one counts") {
  const auto memory = "Linux version 6.1.0-test (x@y)" + std::string(5000, 'm');
  const auto payload =
      test::with_size_word(compressed(memory, "xz"), static_cast<std::uint32_t>(memory.size()));

  const auto unpacked = unpack_image(test::a_zimage(payload, compressed("wrong", "gzip"), "tail"));

  REQUIRE(unpacked.has_value());
  CHECK(unpacked->bytes == memory);
  CHECK(unpacked->form == "arm zImage, xz, flat image");
}

TEST_CASE("of the candidates in an s390 image the sound one counts") {
  const auto memory = "Linux version 6.1.0-test (x@y)" + std::string(20U << 20, 'm');
  const auto payload =
      test::with_size_word(compressed(memory, "xz"), static_cast<std::uint32_t>(memory.size()));
  const std::string code("\xfd\x37\x7a\x58\x5a\x00 is what the code looks for", 33);

  const auto unpacked = unpack_image(test::an_s390_image(payload, code));

  REQUIRE(unpacked.has_value());
  CHECK(unpacked->bytes == memory);
  CHECK(unpacked->form == "s390 bzImage, xz, flat image");
}

TEST_CASE("a payload of another size than the image says is damaged") {
  const auto stream = compressed(vmlinux, "xz");

  CHECK(unpack_image(test::a_bzimage(test::with_size_word(stream, 1000))).error().kind == ErrorKind::corrupt);
  CHECK(unpack_image(test::a_bzimage(test::with_size_word(stream, 100'005))).error().message ==
        "the payload has 100004 bytes when unpacked, not 100005 as the image says");
}

TEST_CASE("what would be larger than the limit is not unpacked") {
  const auto zeros = std::string(1U << 20, '\0');
  const auto sized = test::a_bzimage(test::with_size_word(compressed(zeros, "xz"), 0xffffffff));

  CHECK(unpack_image(sized).error().message ==
        "the payload has 4294967295 bytes when unpacked, more than 268435456");
  CHECK(unpack_image(compressed(zeros, "zstd"), 1000).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a bomb is refused with one line, whatever it is compressed with") {
  const std::string too_large =
      "unpacking the compressed kernel: the bytes are larger than 1048576 when decompressed";

  CHECK(refusal_of_bomb("gzip") == too_large);
  CHECK(refusal_of_bomb("xz") == too_large);
  CHECK(refusal_of_bomb("zstd") == too_large);
  CHECK(refusal_of_bomb("bzip2") == too_large);
  CHECK(refusal_of_bomb("lzma") == too_large);
  CHECK(refusal_of_bomb("lz4") == too_large);
}

TEST_CASE("a compression that is not read is named") {
  const std::string lzo("\x89\x4c\x5a\x4f\x00\x0d\x0a\x1a\x0a stream", 16);

  CHECK(unpack_image(test::a_bzimage(lzo)).error().message ==
        "the payload is compressed with lzo, which kpkg does not read");
  CHECK(unpack_image(test::a_bzimage("no stream at all")).error().kind == ErrorKind::unsupported);
}

TEST_CASE("containers without end are not unpacked") {
  auto image = vmlinux;
  for (const std::string filter : {"gzip", "xz", "gzip", "xz"}) image = compressed(image, filter);

  CHECK(unpack_image(image).error().kind == ErrorKind::unsupported);
}
