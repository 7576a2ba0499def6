// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_exports.hpp"

#include "support/kernel_image_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using elf::image_exports;
using test::a_kernel_image;
using test::CrcForm;

namespace {

constexpr int many = 100;

/// What modules demand of `kernel`: every third symbol, which is less than real modules do.
std::vector<elf::Demand> demands_of(const test::KernelImageBuilder& kernel) {
  std::vector<elf::Demand> demands;
  for (std::size_t index = 0; index < kernel.exports().size(); index += 3)
    demands.push_back({.name = kernel.exports()[index].name, .crc = kernel.exports()[index].crc});
  return demands;
}

std::vector<elf::ExportedSymbol> sorted(std::vector<elf::ExportedSymbol> symbols) {
  std::sort(symbols.begin(), symbols.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  return symbols;
}

/// What is read from the bytes of `kernel`, sorted; empty if it is refused.
std::vector<elf::ExportedSymbol> read(const test::KernelImageBuilder& kernel, const std::string& bytes,
                                      const elf::Architecture& architecture) {
  const auto exports = image_exports(bytes, architecture, demands_of(kernel));
  return exports ? sorted(exports->symbols) : std::vector<elf::ExportedSymbol>{};
}

std::vector<elf::ExportedSymbol> without_crcs(std::vector<elf::ExportedSymbol> symbols) {
  for (auto& symbol : symbols) symbol.crc.reset();
  return symbols;
}

}  // namespace

TEST_CASE("the exports of a vmlinux are read by its sections, in every era") {
  const auto today = a_kernel_image().exporting_many(many);
  const auto of_4_19 = a_kernel_image().exporting_many(many).without_namespaces();
  const auto relative_crcs = a_kernel_image().exporting_many(many).with_crcs(CrcForm::relative);
  const auto of_7_1 = a_kernel_image().exporting_many(many).with_flags();

  CHECK(read(today, today.vmlinux(), test::x86_64) == sorted(today.exports()));
  CHECK(read(of_4_19, of_4_19.vmlinux(), test::x86_64) == sorted(of_4_19.exports()));
  CHECK(read(relative_crcs, relative_crcs.vmlinux(), test::x86_64) == sorted(relative_crcs.exports()));
  CHECK(read(of_7_1, of_7_1.vmlinux(), test::x86_64) == sorted(of_7_1.exports()));
}

TEST_CASE("a vmlinux with addresses is read, of either class and byte order") {
  const auto arm = a_kernel_image().for_architecture(test::arm).exporting_many(many).with_addresses();
  const auto s390 = a_kernel_image().for_architecture(test::s390).exporting_many(many).with_addresses();
  const auto powerpc = a_kernel_image().for_architecture(test::powerpc).exporting_many(many).with_addresses();
  const auto of_4_9 = a_kernel_image().exporting_many(many).without_namespaces().with_addresses().with_crcs(
      CrcForm::machine_words);

  CHECK(read(arm, arm.vmlinux(), test::arm) == sorted(arm.exports()));
  CHECK(read(s390, s390.vmlinux(), test::s390) == sorted(s390.exports()));
  CHECK(read(powerpc, powerpc.vmlinux(), test::powerpc) == sorted(powerpc.exports()));
  CHECK(read(of_4_9, of_4_9.vmlinux(), test::x86_64) == sorted(of_4_9.exports()));
}

TEST_CASE("the exports of memory without sections are found by names that modules demand") {
  const auto arm64 = a_kernel_image().for_architecture(test::arm64).exporting_many(many);
  const auto of_4_19 =
      a_kernel_image().for_architecture(test::arm64).exporting_many(many).without_namespaces();
  const auto relative_crcs =
      a_kernel_image().for_architecture(test::arm64).exporting_many(many).with_crcs(CrcForm::relative);
  const auto of_7_1 = a_kernel_image().for_architecture(test::arm64).exporting_many(many).with_flags();

  CHECK(read(arm64, arm64.flat(), test::arm64) == sorted(arm64.exports()));
  CHECK(read(of_4_19, of_4_19.flat(), test::arm64) == sorted(of_4_19.exports()));
  CHECK(read(relative_crcs, relative_crcs.flat(), test::arm64) == sorted(relative_crcs.exports()));
  CHECK(read(of_7_1, of_7_1.flat(), test::arm64) == sorted(of_7_1.exports()));
}

TEST_CASE("addresses in memory without sections are understood, of either class and byte order") {
  const auto arm = a_kernel_image().for_architecture(test::arm).exporting_many(many).with_addresses();
  const auto s390 = a_kernel_image().for_architecture(test::s390).exporting_many(many).with_addresses();
  const auto of_4_9 = a_kernel_image().exporting_many(many).without_namespaces().with_addresses().with_crcs(
      CrcForm::machine_words);

  CHECK(read(arm, arm.flat(), test::arm) == sorted(arm.exports()));
  CHECK(read(s390, s390.flat(), test::s390) == sorted(s390.exports()));
  CHECK(read(of_4_9, of_4_9.flat(), test::x86_64) == sorted(of_4_9.exports()));
}

TEST_CASE("a kernel without versions is read too, and its symbols have no CRC") {
  const auto kernel = a_kernel_image().exporting_many(many).with_crcs(CrcForm::none);
  auto demands = demands_of(kernel);
  for (auto& demand : demands) demand.crc.reset();

  const auto with_sections = image_exports(kernel.vmlinux(), test::x86_64, demands);
  const auto without = image_exports(kernel.flat(), test::x86_64, demands);

  REQUIRE(with_sections.has_value());
  REQUIRE(without.has_value());
  CHECK(sorted(with_sections->symbols) == without_crcs(sorted(kernel.exports())));
  CHECK(sorted(without->symbols) == without_crcs(sorted(kernel.exports())));
}

TEST_CASE("words that stand in front of the tables and fill patterns do not mislead") {
  std::string code;
  for (int count = 0; count < 20'000; ++count) code += count % 3 == 0 ? "\x00\x10\x20\xc0" : "plain_0003";
  const auto arm =
      a_kernel_image().for_architecture(test::arm).exporting_many(many).with_addresses().after(code);

  CHECK(read(arm, arm.flat(), test::arm) == sorted(arm.exports()));
}

TEST_CASE("one CRC that modules know otherwise is enough not to believe the image") {
  const auto kernel = a_kernel_image().exporting_many(many);
  auto demands = demands_of(kernel);
  demands.back().crc = 1;

  const auto with_sections = image_exports(kernel.vmlinux(), test::x86_64, demands);
  const auto without = image_exports(kernel.flat(), test::x86_64, demands);

  CHECK(with_sections.error().message ==
        "the CRCs in the image are not those that the modules were built against");
  CHECK(without.error().message ==
        "no table of exported symbols was found in the image that agrees with the modules");
}

TEST_CASE("a demanded symbol that the image lacks is no reason not to believe it") {
  const auto kernel = a_kernel_image().exporting_many(many);
  auto demands = demands_of(kernel);
  demands.push_back({.name = "usb_of_another_package", .crc = 5});

  CHECK(image_exports(kernel.vmlinux(), test::x86_64, demands).has_value());
  CHECK(image_exports(kernel.flat(), test::x86_64, demands).has_value());
}

TEST_CASE("an image without tables has no exports, whatever it is") {
  const auto demands = demands_of(a_kernel_image().exporting_many(many));
  const auto no_exports = a_kernel_image().vmlinux();

  CHECK(image_exports(no_exports, test::x86_64, demands).error().message ==
        "the image has no table of exported symbols");
  CHECK_FALSE(image_exports("", test::x86_64, demands).has_value());
  CHECK_FALSE(image_exports("\x7f"
                            "ELF",
                            test::x86_64, demands)
                  .has_value());
  CHECK_FALSE(image_exports(std::string(100'000, 'a'), test::arm, demands).has_value());
  CHECK_FALSE(image_exports(std::string(100'000, '\0'), test::arm64, {}).has_value());
}

TEST_CASE("every truncation of an image is refused or read, and never harmful") {
  const auto kernel = a_kernel_image().exporting_many(12);
  const auto vmlinux = kernel.vmlinux();
  const auto flat = kernel.flat();
  const auto demands = demands_of(kernel);

  std::size_t believed = 0;
  for (std::size_t size = 0; size < vmlinux.size(); size += 7)
    believed += image_exports(vmlinux.substr(0, size), test::x86_64, demands).has_value() ? 1 : 0;
  for (std::size_t size = 0; size < flat.size() - 700; size += 7)
    believed += image_exports(flat.substr(0, size), test::x86_64, demands).has_value() ? 1 : 0;

  CHECK(believed == 0);
}
