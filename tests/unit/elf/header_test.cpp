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

elf::Defect defect_of(std::string_view bytes) {
  std::vector<elf::Defect> defects;
  const auto header = elf::read_header(bytes, defects);
  REQUIRE_FALSE(header.has_value());
  return defects.at(0);
}

elf::Architecture architecture_of(std::string_view bytes) {
  std::vector<elf::Defect> defects;
  return elf::read_header(bytes, defects).value().architecture;
}

}  // namespace

TEST_CASE("the header of a module says what it was built for, in both classes and byte orders") {
  CHECK(architecture_of(a_module().bytes()) == x86_64);
  CHECK(architecture_of(a_module().for_architecture(arm).bytes()) == arm);
  CHECK(architecture_of(a_module().for_architecture(s390).bytes()) == s390);
  CHECK(architecture_of(a_module().for_architecture(powerpc).bytes()) == powerpc);
}

TEST_CASE("an empty file is called empty, and the hint speaks of a full disk") {
  const auto defect = defect_of("");

  CHECK(defect.id == elf::DefectId::empty_file);
  CHECK(defect.detail == "the module is empty (0 bytes)");
  CHECK(defect.hint.find("full disk") != std::string::npos);
}

TEST_CASE("a text is not ELF, and a compressed module is named with its compression") {
  CHECK(defect_of("version https://git-lfs").detail ==
        "the file is not ELF: it does not begin with \\x7fELF");
  CHECK(defect_of("\xfd"
                  "7zXZ" +
                  std::string(30, '\0'))
            .hint == "it is compressed with xz; decompress it first");
  CHECK(defect_of("\x1f\x8b\x08 and more").hint == "it is compressed with gzip; decompress it first");
  CHECK(defect_of("\x28\xb5\x2f\xfd and more").hint == "it is compressed with zstd; decompress it first");
}

TEST_CASE("a file that ends within its header is truncated") {
  CHECK(defect_of("\x7f"
                  "EL")
            .detail == "the ELF header is truncated: the file has 3 bytes");
  CHECK(defect_of(a_module().bytes().substr(0, 63)).detail ==
        "the ELF header is truncated: the file has 63 bytes, the header 64");
}

TEST_CASE("a program or library is told apart from a module by its type") {
  const auto defect = defect_of(a_file_with(16, "\3"));

  CHECK(defect.detail == "the ELF type (e_type) is 3, not 1 (relocatable)");
  CHECK(defect.hint.find("shared library") != std::string::npos);
}

TEST_CASE("the size of section headers is named with its value if it is wrong") {
  CHECK(defect_of(a_file_with(58, "\x20")).detail ==
        "the size of a section header (e_shentsize) is 32, not 64");
}

TEST_CASE("class and byte order are those of the machine, as in the kernel, whatever the file says of them") {
  CHECK(architecture_of(a_file_with(4, "\1")) == x86_64);
  CHECK(architecture_of(a_file_with(4, "\3")) == x86_64);
  CHECK(architecture_of(a_file_with(5, "\2")) == x86_64);
  CHECK(architecture_of(a_module().for_architecture(s390).bytes().replace(5, 1, "\1")) == s390);
  CHECK(architecture_of(a_module().for_architecture(arm).bytes().replace(4, 1, "\2")) == arm);
}

TEST_CASE("a wrong class byte is a defect for s390, whose kernels look at it, and for no other machine") {
  const auto on_s390 = a_module().for_architecture(s390).bytes();

  const auto defects = elf::examine_module(std::string(on_s390).replace(4, 1, "\1")).defects;
  REQUIRE(defects.size() == 1);
  CHECK(defects[0].id == elf::DefectId::class_wrong);
  CHECK(defects[0].detail == "the ELF class (EI_CLASS) is 1, not 2");
  CHECK(elf::examine_module(on_s390).defects.empty());
  CHECK(elf::examine_module(a_file_with(4, "\1")).defects.empty());
}

TEST_CASE("section headers past the end of the file mean that it was cut off") {
  const auto bytes = a_module().bytes();

  const auto defect = defect_of(std::string_view(bytes).substr(0, bytes.size() - 1));

  CHECK(defect.detail.starts_with("the file is truncated: "));
}

TEST_CASE("an offset of section headers that overflows 64 bits is refused") {
  CHECK(defect_of(a_file_with(40, "\xff\xff\xff\xff\xff\xff\xff\xff"))
            .detail.starts_with("the file is truncated: "));
}

TEST_CASE("a file without sections, or with names in a section that does not exist, is refused") {
  CHECK(defect_of(a_file_with(60, std::string_view("\0\0", 2))).detail ==
        "the file has no sections (e_shnum is 0)");
  CHECK(defect_of(a_file_with(62, "\xff\x01"))
            .detail.starts_with("the index of the section names (e_shstrndx) is 511"));
}
