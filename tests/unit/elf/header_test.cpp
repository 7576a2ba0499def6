// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/header.hpp"

#include "support/module_builder.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using namespace kpkg::test;

namespace {

std::string a_file_with(std::size_t offset, std::string_view bytes) {
  return a_module().bytes().replace(offset, bytes.size(), bytes);
}

Error error_of(std::string_view bytes) {
  return elf::read_header(bytes).error();
}

}  // namespace

TEST_CASE("the header of a module says what it was built for, in both classes and byte orders") {
  CHECK(elf::read_header(a_module().bytes())->architecture == x86_64);
  CHECK(elf::read_header(a_module().for_architecture(arm).bytes())->architecture == arm);
  CHECK(elf::read_header(a_module().for_architecture(s390).bytes())->architecture == s390);
  CHECK(elf::read_header(a_module().for_architecture(powerpc).bytes())->architecture == powerpc);
}

TEST_CASE("an empty file is called empty, and the hint speaks of a full disk") {
  const auto error = error_of("");

  CHECK(error.kind == ErrorKind::corrupt);
  CHECK(error.message == "the module is empty (0 bytes)");
  CHECK(error.hint.find("full disk") != std::string::npos);
}

TEST_CASE("a text is not ELF, and a compressed module is named with its compression") {
  CHECK(error_of("version https://git-lfs").message ==
        "the file is not ELF: it does not begin with \\x7fELF");
  CHECK(error_of("\xfd"
                 "7zXZ" +
                 std::string(30, '\0'))
            .hint == "it is compressed with xz; decompress it first");
  CHECK(error_of("\x1f\x8b\x08 and more").hint == "it is compressed with gzip; decompress it first");
  CHECK(error_of("\x28\xb5\x2f\xfd and more").hint == "it is compressed with zstd; decompress it first");
}

TEST_CASE("a file that ends within its header is truncated") {
  CHECK(error_of("\x7f"
                 "EL")
            .message == "the ELF header is truncated: the file has 3 bytes");
  CHECK(error_of(a_module().bytes().substr(0, 63)).message ==
        "the ELF header is truncated: the file has 63 bytes, the header 64");
}

TEST_CASE("a program or library is told apart from a module by its type") {
  const auto error = error_of(a_file_with(16, "\3"));

  CHECK(error.message == "the ELF type (e_type) is 3, not 1 (relocatable)");
  CHECK(error.hint.find("shared library") != std::string::npos);
}

TEST_CASE("a class, byte order or size of section headers that does not exist is named with its value") {
  CHECK(error_of(a_file_with(4, "\3")).message == "the ELF class (EI_CLASS) is 3, neither 1 nor 2");
  CHECK(error_of(a_file_with(5, "\7")).message == "the ELF byte order (EI_DATA) is 7, neither 1 nor 2");
  CHECK(error_of(a_file_with(58, "\x20")).message ==
        "the size of a section header (e_shentsize) is 32, not 64");
}

TEST_CASE("section headers past the end of the file mean that it was cut off") {
  const auto bytes = a_module().bytes();

  const auto error = error_of(std::string_view(bytes).substr(0, bytes.size() - 1));

  CHECK(error.message.starts_with("the file is truncated: "));
}

TEST_CASE("an offset of section headers that overflows 64 bits is refused") {
  CHECK(error_of(a_file_with(40, "\xff\xff\xff\xff\xff\xff\xff\xff"))
            .message.starts_with("the file is truncated: "));
}

TEST_CASE("a file without sections, or with names in a section that does not exist, is refused") {
  CHECK(error_of(a_file_with(60, std::string_view("\0\0", 2))).message ==
        "the file has no sections (e_shnum is 0)");
  CHECK(error_of(a_file_with(62, "\xff\x01"))
            .message.starts_with("the index of the section names (e_shstrndx) is 511"));
}
