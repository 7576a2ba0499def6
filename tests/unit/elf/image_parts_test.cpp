// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_parts.hpp"

#include "support/elf_writer.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using namespace std::string_literals;
using elf::ByteOrder;
using elf::image_parts;
using test::ElfWriter;

namespace {

const std::string padding(4096, '\xcc');

std::string word(std::uint32_t value, ByteOrder order = ByteOrder::little) {
  std::string bytes;
  ElfWriter(order == ByteOrder::little ? test::arm64 : test::s390).put(bytes, value, 4);
  return bytes;
}

/// BTF with `types` bytes of types and a few names.
std::string a_btf(std::size_t types, ByteOrder order = ByteOrder::little) {
  const std::string names("\0device\0name\0", 13);
  const auto number = [&](std::size_t value) { return word(static_cast<std::uint32_t>(value), order); };
  const auto magic = order == ByteOrder::little ? "\x9f\xeb\x01\x00"s : "\xeb\x9f\x01\x00"s;
  return magic + number(24) + number(0) + number(types) + number(types) + number(names.size()) +
         std::string(types, 't') + names;
}

std::string a_build_id_note(const std::string& id, ByteOrder order = ByteOrder::little) {
  return word(4, order) + word(static_cast<std::uint32_t>(id.size()), order) + word(3, order) + "GNU\0"s + id;
}

/// The form of a certificate, with `size` bytes that mean nothing.
std::string a_certificate(std::size_t size) {
  const auto length = [](std::size_t value) {
    return std::string{static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
  };
  const auto body = "\xa0\x03\x02\x01\x02\x02\x01\x05"s + std::string(size, 's');
  const auto inner = "\x30\x82"s + length(body.size()) + body + "signature";
  return "\x30\x82"s + length(inner.size()) + inner;
}

const std::string build_id = "twenty bytes of hash";

}  // namespace

TEST_CASE("the parts of a vmlinux are its sections") {
  ElfWriter writer(test::x86_64);
  writer.section(".text", ElfWriter::allocated, a_build_id_note("another build's hash"));
  writer.section(".BTF", ElfWriter::allocated, a_btf(100));
  writer.section(".notes", ElfWriter::allocated,
                 word(6) + word(0) + word(256) + "Linux\0\0\0"s + a_build_id_note(build_id));
  writer.section(".init.data", ElfWriter::allocated, padding + a_certificate(900) + a_certificate(800));
  const auto image = writer.executable().bytes();

  const auto parts = image_parts(image, ByteOrder::little);

  CHECK(parts.btf == a_btf(100));
  CHECK(parts.build_id == build_id);
  REQUIRE(parts.certificates.size() == 2);
  CHECK(parts.certificates[0] == a_certificate(900));
  CHECK(parts.certificates[1] == a_certificate(800));
}

TEST_CASE("the parts of memory without sections are found by their forms, in either byte order") {
  const auto memory =
      padding + a_btf(500) + padding + a_build_id_note(build_id) + a_certificate(700) + padding;
  const auto big = padding + a_btf(500, ByteOrder::big) + a_build_id_note(build_id, ByteOrder::big) + padding;

  CHECK(image_parts(memory, ByteOrder::little) ==
        elf::ImageParts{.btf = a_btf(500), .build_id = build_id, .certificates = {a_certificate(700)}});
  CHECK(image_parts(big, ByteOrder::big) ==
        elf::ImageParts{.btf = a_btf(500, ByteOrder::big), .build_id = build_id, .certificates = {}});
}

TEST_CASE("of several blobs of BTF the largest counts, and the magic alone is none") {
  const auto memory =
      a_btf(10) + padding + a_btf(500) + "\x9f\xeb\x01\x00 nothing that has a header"s + padding;

  CHECK(image_parts(memory, ByteOrder::little).btf == a_btf(500));
  CHECK_FALSE(image_parts(padding + a_btf(500).substr(0, 200), ByteOrder::little).btf.has_value());
}

TEST_CASE("the build id of a vDSO inside the memory is not the kernel's") {
  ElfWriter vdso(test::arm64);
  vdso.section(".note", ElfWriter::allocated, a_build_id_note("the hash of the vDSO"));
  const auto memory = padding + vdso.bytes() + padding;

  CHECK_FALSE(image_parts(memory, ByteOrder::little).build_id.has_value());
  CHECK(image_parts(memory + a_build_id_note(build_id), ByteOrder::little).build_id == build_id);
}

TEST_CASE("two build ids that differ are as good as none") {
  const auto memory = a_build_id_note("one twenty bytes has") + padding + a_build_id_note(build_id);

  CHECK_FALSE(image_parts(padding + memory, ByteOrder::little).build_id.has_value());
}

TEST_CASE("what only begins like a certificate is none") {
  const auto short_one = a_certificate(700).substr(0, 300);
  auto of_version_1 = a_certificate(700);
  of_version_1[8] = '\x02';

  CHECK(image_parts(padding + short_one, ByteOrder::little).certificates.empty());
  CHECK(image_parts(padding + of_version_1 + padding, ByteOrder::little).certificates.empty());
}

TEST_CASE("no truncation of memory is harmful, and empty memory has nothing") {
  const auto memory = a_btf(50) + a_build_id_note(build_id) + a_certificate(200);

  std::size_t with_certificate = 0;
  for (std::size_t size = 0; size < memory.size(); ++size)
    with_certificate += image_parts(memory.substr(0, size), ByteOrder::little).certificates.size();

  CHECK(with_certificate == 0);
  CHECK(image_parts("", ByteOrder::little) == elf::ImageParts{});
}
