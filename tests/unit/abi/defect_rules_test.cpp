// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "base/json.hpp"
#include "support/elf_writer.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;

namespace {

abi::Verdict verdict_of(std::string_view bytes, const abi::KernelFacts& kernel = a_kernel().facts()) {
  return abi::judge(abi::fingerprint_of_any(bytes), kernel, {});
}

/// A module whose bytes at `offset` are `bytes`.
std::string a_file_with(std::size_t offset, std::string_view bytes) {
  return a_module().bytes().replace(offset, bytes.size(), bytes);
}

/// What a kernel like `kernel` but with or without one feature makes of `bytes`.
Decision decision_of(std::string_view bytes, std::optional<bool> abi::LoaderFeatures::*feature, bool has_it) {
  auto kernel = a_kernel().facts();
  kernel.loader.*feature = has_it;
  return verdict_of(bytes, kernel).decision;
}

std::string a_module_with_symbol(std::string name, std::uint16_t section) {
  ElfWriter writer(x86_64);
  writer.section(".text", ElfWriter::allocated, std::string(16, '\0'));
  writer.symbol(std::move(name), section, 0, ElfWriter::Binding::global);
  return writer.bytes();
}

}  // namespace

TEST_CASE("an empty file is refused with another error than any other that is no module") {
  CHECK(verdict_of("").errno_name == "EINVAL");
  CHECK(verdict_of("version https://git-lfs.example and more text that fills a header").errno_name ==
        "ENOEXEC");
  CHECK(verdict_of(a_file_with(16, "\3")).errno_name == "ENOEXEC");
  CHECK(verdict_of("").decision == Decision::refused);
}

TEST_CASE("of a file that cannot be read nothing else is called missing, and the hint is the remedy") {
  const auto verdict = verdict_of(
      "\xfd"
      "7zXZ" +
      std::string(80, '\0'));

  CHECK(ids_of(verdict) == std::vector{FindingId::not_elf});
  CHECK(verdict.findings.front().remedy == "it is compressed with xz; decompress it first");
}

TEST_CASE("a module that was cut off anywhere is refused with the kernel's line") {
  const auto bytes = a_module().bytes();

  const auto verdict = verdict_of(std::string_view(bytes).substr(0, bytes.size() / 2));

  CHECK(verdict.decision == Decision::refused);
  CHECK(verdict.findings.front().kernel_says == "Invalid ELF section header overflow");
}

TEST_CASE("wrong bytes of class and byte order alone load, as in the kernel") {
  CHECK(verdict_of(a_file_with(4, "\1")).decision == Decision::loads);
  CHECK(verdict_of(a_file_with(5, "\2")).decision == Decision::loads);
}

TEST_CASE("a wrong byte of class is refused by s390 as if the machine were wrong") {
  const auto kernel = a_kernel().for_architecture(s390).facts();
  const auto bytes = a_module().for_architecture(s390).bytes();

  CHECK(verdict_of(bytes, kernel).decision == Decision::loads);
  const auto verdict = verdict_of(std::string(bytes).replace(4, 1, "\3"), kernel);
  CHECK(verdict.errno_name == "ENOEXEC");
  CHECK(verdict.findings.front().kernel_says == "Invalid architecture in ELF header: 22");
}

TEST_CASE("a machine of another word size is named, although the rest of the file is read") {
  const auto verdict = verdict_of(a_file_with(18, "\x28"));

  CHECK(verdict.findings.front().kernel_says == "Invalid architecture in ELF header: 40");
  CHECK(verdict.errno_name == "ENOEXEC");
}

TEST_CASE("only arm looks at the bounds of relocations, and lets the number behind the last symbol pass") {
  const auto verdict_on = [](elf::Architecture architecture, elf::DefectId id, std::uint64_t symbol) {
    auto print = a_module().for_architecture(architecture).fingerprint();
    print.shape.defects = {{.id = id, .name = ".rel.text", .numbers = {0, symbol, 44}}};
    return abi::judge(print, a_kernel().for_architecture(architecture).facts(), {});
  };

  CHECK(verdict_on(arm, elf::DefectId::relocation_symbol_outside, 44).decision == Decision::broken);
  CHECK(verdict_on(arm, elf::DefectId::relocation_symbol_outside, 45).errno_name == "ENOEXEC");
  CHECK(verdict_on(arm64, elf::DefectId::relocation_symbol_outside, 45).decision == Decision::broken);
  CHECK(verdict_on(arm, elf::DefectId::relocation_outside, 42).findings.front().kernel_says ==
        "out of bounds relocation, offset 42 size 44");
}

TEST_CASE("relocations without any symbol are refused everywhere, by s390 for want of memory") {
  const auto verdict_on = [](elf::Architecture architecture) {
    auto print = a_module().for_architecture(architecture).fingerprint();
    print.shape.defects = {{.id = elf::DefectId::relocation_symbol_outside, .numbers = {0, 5, 0}}};
    return abi::judge(print, a_kernel().for_architecture(architecture).facts(), {});
  };

  CHECK(verdict_on(s390).errno_name == "ENOMEM");
  CHECK(verdict_on(arm).findings.front().kernel_says == "bad relocation sym offset");
  CHECK(verdict_on(arm64).errno_name == "ENOEXEC");
  CHECK(verdict_on(arm64).findings.front().kernel_says == "overflow in relocation type");
}

TEST_CASE(
    "a call that has no room in the table of arm64 is broken: where the module lies decides by chance") {
  auto print = a_module().for_architecture(arm64).fingerprint();
  print.shape.defects = {{.id = elf::DefectId::call_outside_code, .name = ".rela.text", .numbers = {0, 283}}};

  CHECK(abi::judge(print, a_kernel().for_architecture(arm64).facts(), {}).decision == Decision::broken);
}

TEST_CASE("a symbol in a section that does not exist is refused by kernels that look, and crashes others") {
  const auto bytes = a_module_with_symbol("bad", 77);

  const auto strict = verdict_of(bytes);
  const auto is_bad = [](const abi::Finding& each) { return each.id == FindingId::symbol_section_outside; };
  const auto found = std::find_if(strict.findings.begin(), strict.findings.end(), is_bad);

  REQUIRE(found != strict.findings.end());
  CHECK(found->kernel_says == ": Symbol bad has an invalid section index 77 (max 4)");
  CHECK(found->severity == abi::Severity::refusal);
}

TEST_CASE("what only newer kernels refuse is broken on those that do not look") {
  ElfWriter writer(x86_64);
  writer.section(".text", ElfWriter::allocated, "x");
  const auto module = a_module().with_section(".modinfo", "license=GPL").bytes();

  CHECK(decision_of(module, &abi::LoaderFeatures::demands_single_sections, true) == Decision::refused);
  CHECK(decision_of(module, &abi::LoaderFeatures::demands_single_sections, false) == Decision::broken);
}

TEST_CASE("a kernel that has one line for all defects is quoted with that") {
  auto kernel = a_kernel().facts();
  kernel.loader.names_elf_defects = false;
  auto bytes = a_module().bytes();
  const auto headers = bytes.size() - 64 * 9;  // nine sections, of which the first is empty
  bytes[headers + 4] = 1;

  CHECK(verdict_of(bytes, kernel).findings.front().kernel_says == "Module has invalid ELF structures");
  CHECK(verdict_of("no module", kernel).findings.front().kernel_says == "Module has invalid ELF structures");
  CHECK(verdict_of(a_file_with(18, "\x28"), kernel).findings.front().kernel_says ==
        "Module has invalid ELF structures");
  kernel.loader.validates_elf = false;
  CHECK(verdict_of("no module", kernel).findings.front().kernel_says.empty());
}

TEST_CASE("a bad symbol behind an unknown one decides the error, one before it does not") {
  ElfWriter first(x86_64);
  first.section(".text", ElfWriter::allocated, "x");
  first.symbol("bad", 77, 0, ElfWriter::Binding::global);
  first.symbol("unknown", ElfWriter::undefined, 0, ElfWriter::Binding::global);
  auto print = abi::fingerprint_of_any(first.bytes());
  const auto sound = a_module().fingerprint();
  print.layout = sound.layout;
  print.vermagic = sound.vermagic;
  print.license = sound.license;
  print.has_versions = true;
  print.layout_crc = sound.layout_crc;

  CHECK(abi::judge(print, a_kernel().facts(), {}).errno_name == "ENOENT");
  print.imports.front().order = 0;
  CHECK(abi::judge(print, a_kernel().facts(), {}).errno_name == "ENOEXEC");
}

TEST_CASE("a fingerprint with defects survives being written as text and read again") {
  const auto print = abi::fingerprint_of_any(a_module_with_symbol("bad", 77));

  CHECK(abi::shape_from_json(abi::to_json(print.shape)) == print.shape);
}

TEST_CASE("a .modinfo that is not to be loaded is found by kernels since 6.4 alone") {
  auto print = a_module().fingerprint();
  print.shape.hides_modinfo = true;
  auto kernel = a_kernel().facts();

  kernel.loader.demands_single_sections = true;
  CHECK(abi::judge(print, kernel, {}).decision == Decision::loads);
  kernel.loader.demands_single_sections = false;
  CHECK(abi::judge(print, kernel, {}).findings.front().id == FindingId::no_vermagic);
}

TEST_CASE("two sections of one name are refused by kernels that take sysfs's answer, others warn") {
  ElfWriter writer(x86_64);
  writer.section(".text", ElfWriter::allocated, "x");
  writer.section(".text", ElfWriter::allocated, "x");
  auto print = a_module().fingerprint();
  print.shape.defects = abi::fingerprint_of_any(writer.bytes()).shape.defects;

  CHECK(abi::judge(print, a_kernel().facts(), {}).decision == Decision::loads);
  auto kernel = a_kernel().facts();
  kernel.loader.refuses_twin_sections = true;
  CHECK(abi::judge(print, kernel, {}).errno_name == "EEXIST");
}
