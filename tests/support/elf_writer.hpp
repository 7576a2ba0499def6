// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::test {

/// Writes a relocatable object of either class and byte order, section by section.
/// Those of arm and i386 get SHT_REL with the addend in place, all others SHT_RELA.
class ElfWriter {
 public:
  enum class Binding : std::uint8_t { local = 0, global = 1, weak = 2 };

  static constexpr std::uint16_t undefined = 0;      // SHN_UNDEF
  static constexpr std::uint16_t absolute = 0xfff1;  // SHN_ABS
  static constexpr std::uint32_t progbits = 1;       // SHT_PROGBITS
  static constexpr std::uint64_t allocated = 2;      // SHF_ALLOC
  static constexpr std::uint64_t writable = 3;       // SHF_ALLOC | SHF_WRITE

  explicit ElfWriter(elf::Architecture architecture) : architecture_(architecture) {}

  /// Appends `value` to `bytes` in this object's byte order.
  void put(std::string& bytes, std::uint64_t value, unsigned width) const;
  unsigned word() const { return is_64() ? 8 : 4; }

  /// Adds a section and returns its index in the file.
  std::uint16_t section(std::string name, std::uint64_t flags, std::string contents,
                        std::uint32_t type = progbits);

  /// Adds a symbol and returns a handle for `relocate`.
  std::size_t symbol(std::string name, std::uint16_t section, std::uint64_t value, Binding binding);

  /// Asks for an address of `width` bytes (0: a word; 4 on a 64-bit machine: a distance) or, with
  /// `relocate_as`, for any type of the machine's.
  void relocate(std::uint16_t section, std::uint64_t offset, std::size_t symbol, std::uint64_t addend = 0,
                unsigned width = 0);
  void relocate_as(std::uint32_t type, std::uint16_t section, std::uint64_t offset, std::size_t symbol,
                   std::uint64_t addend = 0);

  /// Where the section lies in memory; objects have all of them at 0.
  void place(std::uint16_t section, std::uint64_t address) { sections_[section - 1U].address = address; }

  /// Makes an executable (a vmlinux) of it instead of an object.
  ElfWriter& executable() {
    is_executable_ = true;
    return *this;
  }

  /// Lets every symbol begin its name where the first one does, as only a hostile file has it.
  void share_symbol_names() { shares_names_ = true; }

  std::string bytes() const;

 private:
  struct Section {
    std::string name;
    std::uint32_t type = 0;
    std::uint64_t flags = 0;
    std::string contents;
    std::uint32_t link = 0;
    std::uint32_t info = 0;
    std::uint64_t entry_size = 0;
    std::uint64_t address = 0;
  };
  struct Symbol {
    std::string name;
    std::uint16_t section = 0;
    std::uint64_t value = 0;
    Binding binding = Binding::local;
  };
  struct Relocation {
    std::uint64_t offset = 0;
    std::size_t symbol = 0;
    std::uint64_t addend = 0;
    std::uint32_t type = 0;
  };

  bool is_64() const { return architecture_.elf_class == elf::ElfClass::elf64; }
  bool has_addends() const { return architecture_.machine != 40 && architecture_.machine != 3; }
  void add_symbol_table(std::vector<Section>& sections, std::vector<std::size_t>& numbers) const;
  void add_relocations(std::vector<Section>& sections, const std::vector<std::size_t>& numbers,
                       std::uint32_t table) const;
  std::string symbol_record(const Symbol& symbol, std::uint64_t name) const;
  std::string section_record(const Section& section, std::uint64_t name, std::uint64_t offset) const;
  std::string header(std::uint64_t section_offset, std::size_t count) const;

  elf::Architecture architecture_;
  bool shares_names_ = false;
  bool is_executable_ = false;
  std::vector<Section> sections_;
  std::vector<Symbol> symbols_;
  std::map<std::uint16_t, std::vector<Relocation>> relocations_;
};

}  // namespace kpkg::test
