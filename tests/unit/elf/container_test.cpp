// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/container.hpp"

#include "support/image_builder.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using namespace std::string_literals;
using elf::ContainerKind;
using elf::find_container;

namespace {

const std::string xz = "\xfd\x37\x7a\x58\x5a\x00 stream"s;
const std::string gzip = "\x1f\x8b\x08\x00 stream and its size \x07\x00\x00\x00"s;

std::string refusal_of(const std::string& bytes) {
  const auto container = find_container(bytes);
  REQUIRE_FALSE(container.has_value());
  return container.error().message;
}

}  // namespace

TEST_CASE("the payload of a bzImage is where its header says, and its size word is cut off") {
  const auto image = test::a_bzimage(test::with_size_word(xz, 1234));

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  CHECK(container->kind == ContainerKind::packed);
  CHECK(container->name == "x86 bzImage");
  REQUIRE(container->payloads.size() == 1);
  CHECK(container->payloads[0] == elf::Payload{.bytes = xz, .size = 1234, .compression = "xz"});
}

TEST_CASE("a gzip stream keeps its last word, which is its own size") {
  const auto image = test::a_bzimage(gzip);

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  CHECK(container->payloads[0] == elf::Payload{.bytes = gzip, .size = 7, .compression = "gzip"});
}

TEST_CASE("a bzImage that is cut off is damaged, and so is one whose payload is nothing") {
  const auto image = test::a_bzimage(xz);

  CHECK(refusal_of(image.substr(0, 1500)).find("lies outside its 1500 bytes") != std::string::npos);
  CHECK(refusal_of(image.substr(0, 0x24a)).find("lies outside") != std::string::npos);
  CHECK(refusal_of(test::a_bzimage("")).find("(0 bytes at offset") != std::string::npos);
}

TEST_CASE("a bzImage of a protocol without a payload is unsupported") {
  auto image = test::a_bzimage(xz);
  image[0x206] = 7;

  CHECK(find_container(image).error().kind == ErrorKind::unsupported);
}

TEST_CASE("a zboot image counts its stream without the size word") {
  const auto image = test::a_zboot_image(xz, "xz");

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  CHECK(container->name == "EFI zboot image");
  CHECK(container->payloads[0] == elf::Payload{.bytes = xz, .size = {}, .compression = "xz"});
  CHECK(refusal_of(image.substr(0, 0x205)).find("lies outside") != std::string::npos);
}

TEST_CASE("the payload of an arm zImage ends where its table says, whatever follows") {
  const auto image = test::a_zimage(test::with_size_word(xz, 99), "code", "more code");

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  REQUIRE(container->payloads.size() == 1);
  CHECK(container->payloads[0] == elf::Payload{.bytes = xz, .size = 99, .compression = "xz"});
}

TEST_CASE("code of an arm zImage that looks like a stream is another candidate") {
  const auto image = test::a_zimage(test::with_size_word(xz, 99), gzip);

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  REQUIRE(container->payloads.size() == 2);
  CHECK(container->payloads[0].compression == "gzip");
  CHECK(container->payloads[1].bytes == xz);
}

TEST_CASE("an old zImage without a table is read to its end, and one without a stream is unsupported") {
  const auto image = test::an_old_zimage(gzip);

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  CHECK(container->payloads[0] == elf::Payload{.bytes = gzip, .size = {}, .compression = "gzip"});
  CHECK(find_container(test::an_old_zimage("nothing")).error().kind == ErrorKind::unsupported);
}

TEST_CASE("an s390 image is read from each place that looks like a stream, up to its size word") {
  const auto image =
      test::an_s390_image(test::with_size_word(xz, 0x0118dc58), "code\xfd\x37\x7a\x58\x5a\x00"s);

  const auto container = find_container(image);

  REQUIRE(container.has_value());
  CHECK(container->kind == ContainerKind::packed);
  CHECK(container->name == "s390 bzImage");
  REQUIRE(container->payloads.size() == 2);
  CHECK(container->payloads[0].compression == "xz");
  CHECK(container->payloads[1] == elf::Payload{.bytes = xz, .size = 0x0118dc58, .compression = "xz"});
}

TEST_CASE("the size word of an s390 image may end in a zero, and be followed by a signature") {
  const auto image = test::an_s390_image(test::with_size_word(xz, 0x00f8dc58));
  const auto trailer = "\0\0\x02\0\0\0\0\0\0\0\0\x03~Module signature appended~\n"s;
  const auto signed_image = image + "sig" + trailer;

  const auto plain = find_container(image);
  const auto is_signed = find_container(signed_image);

  REQUIRE(plain.has_value());
  REQUIRE(is_signed.has_value());
  CHECK(plain->payloads[0] == elf::Payload{.bytes = xz, .size = 0x00f8dc58, .compression = "xz"});
  CHECK(is_signed->payloads == plain->payloads);
}

TEST_CASE("an s390 image without a stream is the kernel itself, if it says which Linux it is") {
  CHECK(find_container(test::an_s390_image("Linux version 6.1.0 (x@y)"))->kind == ContainerKind::flat);
  CHECK(find_container(test::an_s390_image("nothing")).error().kind == ErrorKind::unsupported);
}

TEST_CASE("an Image, an ELF file and unpacked memory are not packed") {
  CHECK(find_container(test::an_arm64_image("body"))->name == "arm64 Image");
  CHECK(find_container(test::an_arm64_image("body"))->kind == ContainerKind::flat);
  CHECK(find_container("\x7f"
                       "ELF")
            ->kind == ContainerKind::elf);
  CHECK(find_container("code, Linux version 6.1.0 (x@y)")->kind == ContainerKind::flat);
}

TEST_CASE("a stream alone is a container of one payload") {
  const auto container = find_container(xz);

  REQUIRE(container.has_value());
  CHECK(container->kind == ContainerKind::packed);
  CHECK(container->payloads[0].bytes == xz);
}

TEST_CASE("formats that are not read are called by their names") {
  CHECK(refusal_of("\x27\x05\x19\x56....") ==
        "the kernel image is a U-Boot image (uImage), which kpkg does not read");
  CHECK(refusal_of("\xd0\x0d\xfe\xed....").find("FIT image") != std::string::npos);
  CHECK(refusal_of("ANDROID!....").find("Android") != std::string::npos);
  CHECK(refusal_of("MZ....").find("unified kernel image") != std::string::npos);
  CHECK(refusal_of("hello, Linux version %s") == "the kernel image is of no known format");
  CHECK(find_container("").error().kind == ErrorKind::corrupt);
}

TEST_CASE("bytes that only begin like a stream are none") {
  CHECK_FALSE(find_container("\x1f\x8b\x07\x00 not deflate"s).has_value());
  CHECK_FALSE(find_container("\x5d\x00\x00\x03\x00 an odd dictionary"s).has_value());
  CHECK_FALSE(find_container("BZh9 and no block").has_value());
}
