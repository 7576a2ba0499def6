// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/flat_parameters.hpp"

#include "support/elf_writer.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using elf::owners_in_memory;
using test::ElfWriter;
using Owners = std::optional<std::vector<std::string>>;

namespace {

struct Parameter {
  std::string name;
  std::uint16_t permissions = 0;
};

const std::vector<Parameter> parameters{{"panic", 0644},        {"printk.time", 0644}, {"printk.delay", 0},
                                        {"hidden.one", 0},      {"hidden.two", 0},     {"usb.quirks", 0},
                                        {"usb.debug", 0600},    {"8250.uarts", 0444},  {"rcu.stall", 0644},
                                        {"rcu.expedited", 0444}};

enum class Kept { in_place, in_relocations };

/// The memory of a kernel with `parameters`, which lies at `base`.
std::string a_memory(const elf::Architecture& architecture, std::uint64_t base, Kept kept = Kept::in_place) {
  constexpr std::size_t table_at = 0x1000;
  const ElfWriter writer(architecture);
  std::string memory(32, '\0');
  std::string table;
  std::string relocations;
  for (const auto& parameter : parameters) {
    const std::uint64_t address = base + memory.size();
    writer.put(relocations, base + table_at + table.size(), 8);
    writer.put(relocations, 1027, 8);
    writer.put(relocations, address, 8);
    writer.put(table, kept == Kept::in_place ? address : 0, writer.word());
    writer.put(table, 0, writer.word());
    writer.put(table, 0, writer.word());
    writer.put(table, parameter.permissions, 2);
    writer.put(table, 0, writer.word() == 8 ? 6 : 2);
    writer.put(table, 0, writer.word());
    memory += parameter.name + std::string(1, '\0');
  }
  memory.resize(table_at, '\0');
  memory += table + std::string(4096, '\xff');
  memory.resize((memory.size() + 7) / 8 * 8, '\xff');
  return kept == Kept::in_relocations ? memory + relocations : memory;
}

}  // namespace

TEST_CASE("parameters are found in memory without sections, in either class and byte order") {
  const Owners owners({"8250", "kernel", "printk", "rcu", "usb"});

  CHECK(owners_in_memory(a_memory(test::s390, 0x100000), test::s390) == owners);
  CHECK(owners_in_memory(a_memory(test::arm, 0xc0208000), test::arm) == owners);
}

TEST_CASE("those of arm64 are where the kernel relocates itself to") {
  const auto memory = a_memory(test::arm64, 0xffff800008000000, Kept::in_relocations);

  CHECK(owners_in_memory(memory, test::arm64) == Owners({"8250", "kernel", "printk", "rcu", "usb"}));
}

TEST_CASE("memory with names and no table of them tells nothing") {
  CHECK(owners_in_memory(a_memory(test::s390, 0x100000).substr(0, 0x1000), test::s390) == Owners());
  CHECK(owners_in_memory(std::string(10000, 'a'), test::arm) == Owners());
  CHECK(owners_in_memory("", test::arm64) == Owners());
}
