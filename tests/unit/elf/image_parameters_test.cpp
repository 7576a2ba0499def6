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

/// The record of a parameter whose name is at `address`.
std::string a_record(const ElfWriter& writer, const Parameter& parameter, std::uint64_t address) {
  std::string record;
  writer.put(record, address, writer.word());
  writer.put(record, 0, writer.word());
  writer.put(record, 0, writer.word());
  writer.put(record, parameter.permissions, 2);
  writer.put(record, 0, writer.word() == 8 ? 6 : 2);
  writer.put(record, 0, writer.word());
  return record;
}

/// A vmlinux with these parameters.
std::string a_kernel_with(const elf::Architecture& architecture, const std::vector<Parameter>& parameters) {
  constexpr std::uint64_t names_at = 0x1000;
  constexpr std::uint64_t table_at = 0x8000;
  ElfWriter writer(architecture);
  std::string names;
  std::string table;
  for (const auto& parameter : parameters) {
    table += a_record(writer, parameter, names_at + names.size());
    names += parameter.name + std::string(1, '\0');
  }
  writer.place(writer.section(".rodata", ElfWriter::allocated, names), names_at);
  writer.place(writer.section("__param", ElfWriter::allocated, table), table_at);
  return writer.executable().bytes();
}

const std::vector<Parameter> of_a_kernel{{"panic", 0644},        {"printk.time", 0644}, {"printk.delay", 0},
                                         {"hidden.one", 0},      {"hidden.two", 0},     {"usb.quirks", 0},
                                         {"usb.debug", 0600},    {"8250.uarts", 0444},  {"rcu.stall", 0644},
                                         {"rcu.expedited", 0444}};

enum class Kept { in_place, in_relocations };

/// The memory of a kernel with `of_a_kernel`, which lies at `base`.
std::string a_memory(const elf::Architecture& architecture, std::uint64_t base, Kept kept = Kept::in_place) {
  constexpr std::size_t table_at = 0x1000;
  const ElfWriter writer(architecture);
  std::string memory(32, '\0');
  std::string table;
  std::string relocations;
  for (const auto& parameter : of_a_kernel) {
    const std::uint64_t address = base + memory.size();
    writer.put(relocations, base + table_at + table.size(), 8);
    writer.put(relocations, 1027, 8);
    writer.put(relocations, address, 8);
    table += a_record(writer, parameter, kept == Kept::in_place ? address : 0);
    memory += parameter.name + std::string(1, '\0');
  }
  memory.resize(table_at, '\0');
  memory += table + std::string(4096, '\xff');
  memory.resize((memory.size() + 7) / 8 * 8, '\xff');
  return kept == Kept::in_relocations ? memory + relocations : memory;
}

}  // namespace

TEST_CASE("who has a parameter that is not hidden has a directory, and the kernel itself has one") {
  const std::vector<Parameter> parameters{
      {"printk.time", 0644}, {"printk.delay", 0}, {"hidden.one", 0}, {"panic", 0644}, {"8250.uarts", 0444}};

  CHECK(owners_of_parameters(a_kernel_with(test::x86_64, parameters), test::x86_64) ==
        Owners({"8250", "kernel", "printk"}));
  CHECK(owners_of_parameters(a_kernel_with(test::arm, parameters), test::arm) ==
        Owners({"8250", "kernel", "printk"}));
}

TEST_CASE("a table that cannot be one of parameters tells nothing, and neither does an image without any") {
  CHECK(owners_of_parameters(a_kernel_with(test::x86_64, {{"a.b", 0644}, {"c.d", 07000}}), test::x86_64) ==
        Owners());
  CHECK(owners_of_parameters(a_kernel_with(test::x86_64, {{"", 0644}}), test::x86_64) == Owners());
  CHECK(owners_of_parameters(ElfWriter(test::x86_64).executable().bytes(), test::x86_64) == Owners());
  CHECK(owners_of_parameters("flat", test::x86_64) == Owners());
}

TEST_CASE("parameters are found in memory without sections, in either class and byte order") {
  const Owners owners({"8250", "kernel", "printk", "rcu", "usb"});

  CHECK(owners_of_parameters(a_memory(test::s390, 0x100000), test::s390) == owners);
  CHECK(owners_of_parameters(a_memory(test::arm, 0xc0208000), test::arm) == owners);
}

TEST_CASE("those of arm64 are where the kernel relocates itself to") {
  const auto memory = a_memory(test::arm64, 0xffff800008000000, Kept::in_relocations);

  CHECK(owners_of_parameters(memory, test::arm64) == Owners({"8250", "kernel", "printk", "rcu", "usb"}));
}

TEST_CASE("memory with names and no table of them tells nothing") {
  CHECK(owners_of_parameters(a_memory(test::s390, 0x100000).substr(0, 0x1000), test::s390) == Owners());
  CHECK(owners_of_parameters(std::string(10000, 'a'), test::arm) == Owners());
  CHECK(owners_of_parameters("", test::arm64) == Owners());
}
