// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_image.hpp"
#include "support/elf_writer.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

namespace {

const std::vector<elf::ExportedSymbol> three_exports{
    {"first", 0x1111, false, ""}, {"second", 0x2222, false, "USB"}, {"third", 0x3333, true, ""}};

ModuleBuilder an_exporter(ExportEra era, elf::Architecture architecture = x86_64) {
  return a_module()
      .for_architecture(architecture)
      .with_exports_as_in(era)
      .exporting("first", 0x1111)
      .exporting("second", 0x2222, "USB")
      .exporting_gpl("third", 0x3333);
}

std::vector<elf::ExportedSymbol> exports_of(const ModuleBuilder& module) {
  return elf::read_module(module.bytes()).value().exports;
}

std::vector<elf::ExportedSymbol> without_namespaces(std::vector<elf::ExportedSymbol> exports) {
  exports.at(1).name_space.clear();
  return exports;
}

}  // namespace

TEST_CASE("exports of every era with namespaces have name, CRC, namespace and GPL-ness") {
  CHECK(exports_of(an_exporter(ExportEra::relative_5_4)) == three_exports);
  CHECK(exports_of(an_exporter(ExportEra::relative_5_19)) == three_exports);
  CHECK(exports_of(an_exporter(ExportEra::absolute_5_19)) == three_exports);
  CHECK(exports_of(an_exporter(ExportEra::flags_7_1)) == three_exports);
}

TEST_CASE("exports from before namespaces have none") {
  CHECK(exports_of(an_exporter(ExportEra::absolute_4_9)) == without_namespaces(three_exports));
  CHECK(exports_of(an_exporter(ExportEra::relative_4_19)) == without_namespaces(three_exports));
}

TEST_CASE("exports of 32-bit and big-endian modules are those of any other") {
  CHECK(exports_of(an_exporter(ExportEra::absolute_5_19, arm)) == three_exports);
  CHECK(exports_of(an_exporter(ExportEra::absolute_4_9, powerpc)) == without_namespaces(three_exports));
  CHECK(exports_of(an_exporter(ExportEra::relative_5_4, s390)) == three_exports);
}

TEST_CASE("one single export has a known form too") {
  const auto module = a_module().with_exports_as_in(ExportEra::relative_4_19).exporting("only", 7);

  CHECK(exports_of(module) == std::vector<elf::ExportedSymbol>{{"only", 7, false, ""}});
}

TEST_CASE("a module without a table of CRCs exports without CRCs, not with zeros") {
  const auto module = a_module().exporting("first", 1).without_export_crcs();

  CHECK_FALSE(exports_of(module).front().crc.has_value());
}

TEST_CASE("only a module of 7.1 and later has flags for its exports") {
  CHECK(elf::read_module(an_exporter(ExportEra::flags_7_1).bytes())->has_export_flags);
  CHECK_FALSE(elf::read_module(an_exporter(ExportEra::relative_5_19).bytes())->has_export_flags);
}

TEST_CASE("a table of exports whose fields refer to nothing has no known form") {
  ElfWriter writer(x86_64);
  writer.section("__ksymtab", ElfWriter::allocated, std::string(24, '\0'));
  writer.symbol("x", 1, 0, ElfWriter::Binding::global);

  CHECK(elf::read_module(writer.bytes()).error().message == "the 24 bytes of __ksymtab have no known form");
}

TEST_CASE("a table of CRCs that does not match the exports is refused with both numbers") {
  ElfWriter writer(x86_64);
  const auto strings = writer.section("__ksymtab_strings", ElfWriter::allocated, std::string("x\0", 2));
  const auto table = writer.section("__ksymtab", ElfWriter::allocated, std::string(12, '\0'));
  writer.section("__kcrctab", ElfWriter::allocated, std::string(12, '\0'));
  writer.relocate(table, 0, writer.symbol("x", ElfWriter::absolute, 0, ElfWriter::Binding::global), 0, 4);
  writer.relocate(table, 4, writer.symbol("__kstrtab_x", strings, 0, ElfWriter::Binding::local), 0, 4);

  CHECK(elf::read_module(writer.bytes()).error().message == "__kcrctab has 12 bytes for 1 symbols");
}

TEST_CASE("a name of an export outside the strings is refused") {
  ElfWriter writer(x86_64);
  const auto strings = writer.section("__ksymtab_strings", ElfWriter::allocated, std::string("x\0", 2));
  const auto table = writer.section("__ksymtab", ElfWriter::allocated, std::string(8, '\0'));
  writer.relocate(table, 0, writer.symbol("x", ElfWriter::absolute, 0, ElfWriter::Binding::global), 0, 4);
  writer.relocate(table, 4, writer.symbol("", strings, 0, ElfWriter::Binding::local), 99, 4);

  CHECK(elf::read_module(writer.bytes()).error().message ==
        "text at offset 99 lies outside section __ksymtab_strings of 2 bytes");
}
