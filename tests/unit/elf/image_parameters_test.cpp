// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_parameters.hpp"

#include "support/elf_writer.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using elf::owners_of_parameters;
using test::ElfWriter;
using Owners = std::optional<std::vector<std::string>>;

namespace {

struct Parameter {
  std::string name;
  std::uint16_t permissions = 0;
};

/// A vmlinux with these parameters.
std::string a_kernel_with(const elf::Architecture& architecture, const std::vector<Parameter>& parameters) {
  constexpr std::uint64_t names_at = 0x1000;
  constexpr std::uint64_t table_at = 0x8000;
  ElfWriter writer(architecture);
  std::string names;
  std::string table;
  for (const auto& parameter : parameters) {
    writer.put(table, names_at + names.size(), writer.word());
    writer.put(table, 0, writer.word());
    writer.put(table, 0x4444, writer.word());
    writer.put(table, parameter.permissions, 2);
    writer.put(table, 0, writer.word() == 8 ? 6 : 2);
    writer.put(table, 0x5555, writer.word());
    names += parameter.name + std::string(1, '\0');
  }
  writer.place(writer.section(".rodata", ElfWriter::allocated, names), names_at);
  writer.place(writer.section("__param", ElfWriter::allocated, table), table_at);
  return writer.executable().bytes();
}

}  // namespace

TEST_CASE("who has a parameter that is not hidden has a directory, and the kernel itself has one") {
  const std::vector<Parameter> parameters{
      {"printk.time", 0644}, {"printk.delay", 0}, {"hidden.one", 0}, {"panic", 0644}, {"8250.uarts", 0444}};

  CHECK(owners_of_parameters(a_kernel_with(test::x86_64, parameters)) ==
        Owners({"8250", "kernel", "printk"}));
  CHECK(owners_of_parameters(a_kernel_with(test::arm, parameters)) == Owners({"8250", "kernel", "printk"}));
}

TEST_CASE("a table that cannot be one of parameters tells nothing, and neither does an image without any") {
  CHECK(owners_of_parameters(a_kernel_with(test::x86_64, {{"a.b", 0644}, {"c.d", 07000}})) == Owners());
  CHECK(owners_of_parameters(a_kernel_with(test::x86_64, {{"", 0644}})) == Owners());
  CHECK(owners_of_parameters(ElfWriter(test::x86_64).executable().bytes()) == Owners());
  CHECK(owners_of_parameters("flat") == Owners());
}
