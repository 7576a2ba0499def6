// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_image.hpp"
#include "support/elf_writer.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

namespace {

Error error_of_versions(std::string contents) {
  ElfWriter writer(x86_64);
  writer.section("__versions", ElfWriter::allocated, std::move(contents));
  return elf::read_module(writer.bytes()).error();
}

Result<elf::ModuleImage> an_image_with_extended(std::string crcs, std::string names) {
  ElfWriter writer(x86_64);
  writer.section("__version_ext_crcs", ElfWriter::allocated, std::move(crcs));
  writer.section("__version_ext_names", ElfWriter::allocated, std::move(names));
  return elf::read_module(writer.bytes());
}

}  // namespace

TEST_CASE("a CRC is read in the full width of its word, as the kernel compares it") {
  const auto image = elf::read_module(a_module().needing("kmalloc", 0x1'0000'2222).bytes());

  CHECK(image->versions.back() == elf::SymbolVersion{"kmalloc", 0x1'0000'2222});
}

TEST_CASE("on 32-bit machines the CRC is four bytes and the name begins right after them") {
  const auto image = elf::read_module(a_module().for_architecture(arm).needing("kmalloc", 0x2222).bytes());

  CHECK(image->versions.back() == elf::SymbolVersion{"kmalloc", 0x2222});
}

TEST_CASE("a module without __versions is told from one whose __versions is empty") {
  ElfWriter empty(x86_64);
  empty.section("__versions", ElfWriter::allocated, "");

  CHECK(elf::read_module(empty.bytes())->has_versions);
  CHECK_FALSE(elf::read_module(a_module().without_versions().bytes())->has_versions);
}

TEST_CASE("a __versions that is not allocated does not exist for the kernel, as after modprobe --force") {
  ElfWriter writer(x86_64);
  writer.section("__versions", 0, std::string(64, '\0'));

  CHECK_FALSE(elf::read_module(writer.bytes())->has_versions);
}

TEST_CASE("a symbol that fills its record without NUL is refused with the number of the record") {
  CHECK(error_of_versions(std::string(64, '\0') + std::string(64, 'x')).message ==
        "the symbol of record 1 of __versions fills its 56 bytes without NUL");
}

TEST_CASE("bytes after the last whole record are not looked at") {
  ElfWriter writer(x86_64);
  writer.section("__versions", ElfWriter::allocated, std::string(64, '\0') + "rest");

  CHECK(elf::read_module(writer.bytes())->versions.size() == 1);
}

TEST_CASE("extended versions pair each CRC with the text at the same place") {
  const auto image = an_image_with_extended(std::string("\1\0\0\0\2\0\0\0", 8), std::string("a\0b\0", 4));

  CHECK(image->extended_versions == std::vector<elf::SymbolVersion>{{"a", 1}, {"b", 2}});
  CHECK_FALSE(image->has_versions);
}

TEST_CASE("extended versions with more CRCs than names are refused") {
  const auto image = an_image_with_extended(std::string(8, '\0'), std::string("a\0", 2));

  CHECK(image.error().message == "__version_ext_names ends before name 1 of 2");
}

TEST_CASE("extended CRCs without their names are refused") {
  ElfWriter writer(x86_64);
  writer.section("__version_ext_crcs", ElfWriter::allocated, std::string(4, '\0'));

  CHECK(elf::read_module(writer.bytes()).error().message ==
        "there is __version_ext_crcs without __version_ext_names");
}
