// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_image.hpp"
#include "support/elf_writer.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace kpkg;
using namespace kpkg::test;

namespace {

/// A small module that has every section that we read.
ModuleBuilder a_full_module(elf::Architecture architecture, ExportEra era) {
  return a_module()
      .for_architecture(architecture)
      .with_exports_as_in(era)
      .with_layout(576, 0xcc, 0x230)
      .needing("kmalloc", 1)
      .needing_weakly("maybe")
      .exporting("first", 2, "USB")
      .exporting_gpl("second", 3)
      .with_extended_versions()
      .importing_namespace("USB")
      .with_section(".BTF", "btf");
}

/// How many of the shortened files are taken for whole ones.
std::size_t truncations_accepted(const std::string& bytes) {
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut(bytes, 0, size);  // a buffer of its own, so that a read past its end is seen
    accepted += elf::read_module(cut).has_value() ? 1 : 0;
  }
  return accepted;
}

/// Reads `rounds` copies of `bytes` with up to four bytes changed; the sanitizers say whether one reads out
/// of bounds. Returns how many were refused with a message.
std::size_t refusals_after_flips(const std::string& bytes, unsigned seed, std::size_t rounds) {
  std::mt19937 random(seed);
  std::size_t refused = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::string changed = bytes;
    for (unsigned flips = random() % 4 + 1; flips > 0; --flips) {
      changed[random() % changed.size()] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    }
    const auto image = elf::read_module(changed);
    refused += !image && !image.error().message.empty() ? 1 : 0;
  }
  return refused;
}

/// The same, but only in the section headers at the end, where every byte decides.
std::size_t refusals_after_header_flips(const std::string& bytes, unsigned seed, std::size_t rounds) {
  std::mt19937 random(seed);
  std::size_t refused = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::string changed = bytes;
    changed[changed.size() - 1 - random() % 1200] = static_cast<char>(random());
    refused += elf::read_module(changed).has_value() ? 0 : 1;
  }
  return refused;
}

Error error_of(const ElfWriter& writer) {
  return elf::read_module(writer.bytes()).error();
}

ElfWriter an_object() {
  ElfWriter writer(x86_64);
  writer.section(".text", ElfWriter::allocated, std::string(16, '\0'));
  return writer;
}

}  // namespace

TEST_CASE("a module that was cut off at any byte is refused, never crashed on") {
  CHECK(truncations_accepted(a_full_module(x86_64, ExportEra::relative_5_19).bytes()) == 0);
  CHECK(truncations_accepted(a_full_module(arm, ExportEra::absolute_5_19).bytes()) == 0);
  CHECK(truncations_accepted(a_full_module(powerpc, ExportEra::absolute_4_9).bytes()) == 0);
}

TEST_CASE("a module with random bytes changed is read or refused, never crashed on") {
  CHECK(refusals_after_flips(a_full_module(x86_64, ExportEra::relative_5_19).bytes(), 1, 4000) > 100);
  CHECK(refusals_after_flips(a_full_module(s390, ExportEra::relative_5_4).bytes(), 2, 2000) > 50);
  CHECK(refusals_after_flips(a_full_module(arm, ExportEra::absolute_5_19).bytes(), 3, 2000) > 50);
  CHECK(refusals_after_header_flips(a_full_module(x86_64, ExportEra::flags_7_1).bytes(), 4, 4000) > 1000);
  CHECK(refusals_after_header_flips(a_full_module(powerpc, ExportEra::absolute_4_9).bytes(), 5, 4000) > 1000);
}

TEST_CASE("a section that ends past the file is named with its offset and size") {
  auto bytes = a_module().bytes();
  const auto first_header = bytes.size() - 64;  // of .shstrtab, the last one
  bytes.replace(first_header + 32, 8, std::string("\0\0\0\0\1\0\0\0", 8));

  const auto error = elf::read_module(bytes).error();

  CHECK(error.message.find("size 4294967296) ends past the") != std::string::npos);
}

TEST_CASE("a stripped module is refused with the remedy") {
  auto bytes = a_module().bytes();
  const auto type_of_symtab = bytes.size() - 64 * 4 + 4;  // .symtab, .strtab, .rela…this_module, .shstrtab
  bytes[type_of_symtab] = 1;

  const auto error = elf::read_module(bytes).error();

  CHECK(error.message == "the module has no symbol table (it is stripped)");
  CHECK(error.hint == "strip modules with --strip-debug only; build it again");
}

TEST_CASE("a symbol in a section that does not exist is refused: some kernels oops on it") {
  auto writer = an_object();
  writer.symbol("bad", 77, 0, ElfWriter::Binding::global);

  CHECK(error_of(writer).message == "symbol 1 (bad) is in section 77 of 5");
}

TEST_CASE("a relocation outside the section that it changes is refused: some kernels oops on it") {
  auto writer = an_object();
  writer.relocate(1, 16, writer.symbol("x", 1, 0, ElfWriter::Binding::global));

  CHECK(error_of(writer).message == "relocation 0 of .rela.text is at offset 16 of a section of 16 bytes");
}

TEST_CASE("two sections of struct module are refused, and so is one without bytes in the file") {
  auto twice = an_object();
  twice.section(".gnu.linkonce.this_module", ElfWriter::writable, std::string(896, '\0'));
  twice.section(".gnu.linkonce.this_module", ElfWriter::writable, std::string(896, '\0'));
  auto without_bytes = an_object();
  without_bytes.section(".gnu.linkonce.this_module", ElfWriter::writable, std::string(896, '\0'), 8);

  CHECK(error_of(twice).message == "there are 2 sections .gnu.linkonce.this_module");
  CHECK(error_of(without_bytes).message ==
        "section .gnu.linkonce.this_module is of type 8: it has no bytes in the file");
}

TEST_CASE("a .modinfo whose last text does not end is refused") {
  auto writer = an_object();
  writer.section(".modinfo", ElfWriter::allocated, "license=GPL");

  CHECK(error_of(writer).message == "the last text of .modinfo (11 bytes) does not end with NUL");
}

TEST_CASE("sections that overlap are no reason to refuse: kernels do not look") {
  auto bytes = a_module().bytes();
  const auto text_header = bytes.size() - 64 * 8;  // nine sections, of which the first is empty
  const std::string whole_file{'\0', static_cast<char>(bytes.size() / 256), '\0', '\0', '\0', '\0', '\0',
                               '\0'};
  bytes.replace(text_header + 24, 16, std::string(8, '\0') + whole_file);
  bytes.replace(text_header + 64 + 24, 16, std::string(8, '\0') + whole_file);

  const auto image = elf::examine_module(bytes);

  CHECK(image.is_readable);
  CHECK(std::none_of(image.defects.begin(), image.defects.end(),
                     [](const auto& defect) { return defect.id == elf::DefectId::too_costly; }));
}

/// The ids of what is wrong with the object.
std::vector<elf::DefectId> defects_of(std::string_view bytes) {
  std::vector<elf::DefectId> ids;
  for (const auto& defect : elf::examine_module(bytes).defects) ids.push_back(defect.id);
  return ids;
}

TEST_CASE("a module as it should be has no defect, on every machine") {
  CHECK(defects_of(a_full_module(x86_64, ExportEra::relative_5_19).bytes()).empty());
  CHECK(defects_of(a_full_module(arm, ExportEra::absolute_5_19).bytes()).empty());
  CHECK(defects_of(a_full_module(s390, ExportEra::relative_5_4).bytes()).empty());
}

TEST_CASE("what a compiler may have done is a defect, but no damage") {
  auto writer = an_object();
  writer.section(".hot", ElfWriter::writable | 4, "x");
  writer.section(".ctors", ElfWriter::allocated, "x");
  writer.section(".init_array", ElfWriter::allocated, "x");
  writer.section(".text", ElfWriter::allocated, "x");
  writer.symbol("shared", 0xfff2, 8, ElfWriter::Binding::global);
  writer.symbol("__gnu_lto_slim", 0xfff2, 8, ElfWriter::Binding::global);

  CHECK(elf::read_module(writer.bytes()).has_value());
  CHECK(defects_of(writer.bytes()) == std::vector{elf::DefectId::writable_code, elf::DefectId::section_twice,
                                                  elf::DefectId::constructors_twice,
                                                  elf::DefectId::symbol_common});
}

TEST_CASE("bytes that x86 would relocate although they are not zero are found, on other machines not") {
  const auto object = [](elf::Architecture architecture) {
    ElfWriter writer(architecture);
    writer.section(".data", ElfWriter::writable, std::string(16, 'x'));
    writer.relocate(1, 0, writer.symbol("x", 1, 0, ElfWriter::Binding::global));
    return writer.bytes();
  };

  CHECK(defects_of(object(x86_64)) == std::vector{elf::DefectId::relocation_target_filled});
  CHECK(defects_of(object(arm64)).empty());
}

TEST_CASE("two relocations of the same bytes are found on x86: the second meets what the first wrote") {
  auto once = an_object();
  const auto place = once.symbol("x", 1, 0, ElfWriter::Binding::global);
  const auto number = once.symbol("n", ElfWriter::absolute, 7, ElfWriter::Binding::global);
  once.relocate(1, 0, place);
  auto beside = once;
  beside.relocate(1, 8, place);
  auto over = beside;
  over.relocate(1, 4, place, 0, 4);
  auto small = an_object();
  small.symbol("x", 1, 0, ElfWriter::Binding::global);
  small.symbol("n", ElfWriter::absolute, 7, ElfWriter::Binding::global);
  small.relocate(1, 0, number);
  small.relocate(1, 4, place, 0, 4);

  CHECK(defects_of(beside.bytes()).empty());
  CHECK(defects_of(small.bytes()).empty());
  CHECK(defects_of(over.bytes()) == std::vector{elf::DefectId::relocation_target_filled});
}

TEST_CASE("a name outside its table is read from what follows in the file, as kernels do") {
  auto bytes = a_module().needing("kmalloc", 1).bytes();
  const auto strtab = bytes.size() - 64 * 3;  // .symtab, .strtab, .rela…, .shstrtab
  bytes.replace(strtab + 32, 8, std::string("\1\0\0\0\0\0\0\0", 8));

  const auto image = elf::examine_module(bytes);

  CHECK(image.defects.front().id == elf::DefectId::symbol_name_outside);
  CHECK(image.undefined.front().name == "kmalloc");
}

TEST_CASE("each kind of relocation is listed once, with what its symbol is") {
  auto writer = an_object();
  const auto own = writer.symbol("own", 1, 0, ElfWriter::Binding::global);
  const auto other = writer.symbol("other", ElfWriter::undefined, 0, ElfWriter::Binding::global);
  const auto maybe = writer.symbol("maybe", ElfWriter::undefined, 0, ElfWriter::Binding::weak);
  const auto number = writer.symbol("number", ElfWriter::absolute, 7, ElfWriter::Binding::global);
  for (const auto symbol : {own, other, maybe, number, own}) writer.relocate(1, 0, symbol);

  const auto uses = elf::examine_module(writer.bytes()).relocations;

  REQUIRE(uses.size() == 4);
  CHECK(uses[0] == elf::RelocationUse{1, elf::RelocationTarget::defined, ".rela.text"});
  CHECK(uses[1].target == elf::RelocationTarget::undefined);
  CHECK(uses[2].target == elf::RelocationTarget::weak);
  CHECK(uses[3].target == elf::RelocationTarget::absolute);
}

TEST_CASE("a relocation with an addend beyond 8 GiB is far, whatever its symbol is") {
  auto writer = an_object();
  const auto own = writer.symbol("own", 1, 0, ElfWriter::Binding::global);
  writer.relocate(1, 0, own, std::uint64_t{9} << 30);
  writer.relocate(1, 8, own, std::uint64_t{7} << 30);

  const auto uses = elf::examine_module(writer.bytes()).relocations;

  REQUIRE(uses.size() == 2);
  CHECK(uses[0].target == elf::RelocationTarget::far);
  CHECK(uses[1].target == elf::RelocationTarget::defined);
}

TEST_CASE("a call from what is not executable is a defect on arm64, whose table has no room for it") {
  constexpr std::uint32_t call = 283;
  const auto object = [](elf::Architecture architecture, std::uint64_t flags, std::uint16_t place) {
    ElfWriter writer(architecture);
    writer.section(".text", flags, std::string(16, '\0'));
    writer.relocate_as(call, 1, 0, writer.symbol("x", place, 0, ElfWriter::Binding::global));
    return defects_of(writer.bytes());
  };
  constexpr std::uint64_t executable = ElfWriter::allocated | 4;

  CHECK(object(arm64, ElfWriter::allocated, ElfWriter::undefined) ==
        std::vector{elf::DefectId::call_outside_code});
  CHECK(object(arm64, ElfWriter::allocated, 1).empty());
  CHECK(object(arm64, executable, ElfWriter::undefined).empty());
}

TEST_CASE("the name of a parameter needs a whole address, and nothing else of it is looked at") {
  const auto object = [](std::uint32_t type, std::uint64_t offset) {
    ElfWriter writer(s390);
    writer.section("__param", ElfWriter::writable, std::string(80, '\0'));
    writer.relocate_as(type, 1, offset, writer.symbol("x", 1, 0, ElfWriter::Binding::global));
    return defects_of(writer.bytes());
  };

  CHECK(object(22, 40).empty());
  CHECK(object(4, 40) == std::vector{elf::DefectId::parameter_damaged});
  CHECK(object(4, 8).empty());
}

TEST_CASE("a last text of .modinfo without its end runs on into what follows, as in the kernel") {
  auto writer = an_object();
  writer.section(".modinfo", ElfWriter::allocated, "license=GPL plus");
  writer.section(".after", ElfWriter::allocated, std::string("more\0", 5));

  const auto image = elf::examine_module(writer.bytes());

  CHECK(image.first_modinfo("license") == "GPL plusmore");
  CHECK(image.defects.front().id == elf::DefectId::modinfo_unterminated);
}

TEST_CASE(
    "names that all begin at one long text are refused, which would cost more time than the file has bytes") {
  auto writer = an_object();
  writer.share_symbol_names();
  writer.symbol(std::string(5000, 'n'), 1, 0, ElfWriter::Binding::local);
  for (int count = 0; count < 80; ++count) writer.symbol("", 1, 0, ElfWriter::Binding::local);

  CHECK(error_of(writer).message.starts_with("the symbol names overlap too much"));
}
