// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/elf_writer.hpp"

#include <algorithm>

namespace kpkg::test {

void ElfWriter::put(std::string& bytes, std::uint64_t value, unsigned width) const {
  for (unsigned step = 0; step < width; ++step) {
    const unsigned shift = architecture_.byte_order == elf::ByteOrder::little ? step : width - 1 - step;
    bytes.push_back(static_cast<char>(value >> (8 * shift) & 0xff));
  }
}

std::uint16_t ElfWriter::section(std::string name, std::uint64_t flags, std::string contents,
                                 std::uint32_t type) {
  sections_.push_back(
      {.name = std::move(name), .type = type, .flags = flags, .contents = std::move(contents)});
  return static_cast<std::uint16_t>(sections_.size());
}

std::size_t ElfWriter::symbol(std::string name, std::uint16_t section, std::uint64_t value, Binding binding) {
  symbols_.push_back({.name = std::move(name), .section = section, .value = value, .binding = binding});
  return symbols_.size() - 1;
}

void ElfWriter::relocate(std::uint16_t section, std::uint64_t offset, std::size_t symbol,
                         std::uint64_t addend, unsigned width) {
  const bool is_short = width != 0 && width < word();
  std::uint32_t type = 1;                                         // R_386_32, R_PPC_ADDR32, …
  if (architecture_.machine == 62) type = is_short ? 2 : 1;       // R_X86_64_PC32, R_X86_64_64
  if (architecture_.machine == 183) type = is_short ? 261 : 257;  // R_AARCH64_PREL32, R_AARCH64_ABS64
  if (architecture_.machine == 40) type = 2;                      // R_ARM_ABS32
  if (architecture_.machine == 22) type = is_short ? 5 : 22;      // R_390_PC32, R_390_64
  relocate_as(type, section, offset, symbol, addend);
}

void ElfWriter::relocate_as(std::uint32_t type, std::uint16_t section, std::uint64_t offset,
                            std::size_t symbol, std::uint64_t addend) {
  relocations_[section].push_back({.offset = offset, .symbol = symbol, .addend = addend, .type = type});
}

std::string ElfWriter::symbol_record(const Symbol& symbol, std::uint64_t name) const {
  const auto info = static_cast<std::uint64_t>(symbol.binding) << 4;
  std::string record;
  put(record, name, 4);
  if (!is_64()) {
    put(record, symbol.value, 4);
    put(record, 0, 4);
  }
  put(record, info, 1);
  put(record, 0, 1);
  put(record, symbol.section, 2);
  if (is_64()) {
    put(record, symbol.value, 8);
    put(record, 0, 8);
  }
  return record;
}

/// Local symbols come first, as the ELF specification wants it; `numbers` tells where each one went.
void ElfWriter::add_symbol_table(std::vector<Section>& sections, std::vector<std::size_t>& numbers) const {
  std::vector<std::size_t> order(symbols_.size());
  for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
  const auto is_local = [&](std::size_t index) { return symbols_[index].binding == Binding::local; };
  const auto first_global = std::stable_partition(order.begin(), order.end(), is_local);
  std::string names(1, '\0');
  std::string records = symbol_record({}, 0);
  numbers.assign(symbols_.size(), 0);
  for (std::size_t place = 0; place < order.size(); ++place) {
    const Symbol& symbol = symbols_[order[place]];
    numbers[order[place]] = place + 1;
    records += symbol_record(symbol, shares_names_ ? 1 : names.size());
    names += symbol.name + '\0';
  }
  const auto locals = static_cast<std::uint32_t>(first_global - order.begin()) + 1;
  const auto link = static_cast<std::uint32_t>(sections.size()) + 2;
  sections.push_back({".symtab", 2, 0, records, link, locals, is_64() ? 24U : 16U});
  sections.push_back({".strtab", 3, 0, names});
}

void ElfWriter::add_relocations(std::vector<Section>& sections, const std::vector<std::size_t>& numbers,
                                std::uint32_t table) const {
  for (const auto& [target, relocations] : relocations_) {
    std::string records;
    for (const Relocation& relocation : relocations) {
      put(records, relocation.offset, word());
      put(records, numbers[relocation.symbol] << (is_64() ? 32 : 8) | relocation.type, word());
      if (has_addends()) {
        put(records, relocation.addend, word());
        continue;
      }
      std::string in_place;
      put(in_place, relocation.addend, 4);
      sections[target - 1U].contents.replace(relocation.offset, 4, in_place);
    }
    const std::string name = (has_addends() ? ".rela" : ".rel") + sections[target - 1U].name;
    sections.push_back(
        {name, has_addends() ? 4U : 9U, 0x40, records, table, target, word() * (has_addends() ? 3U : 2U)});
  }
}

std::string ElfWriter::section_record(const Section& section, std::uint64_t name,
                                      std::uint64_t offset) const {
  std::string record;
  put(record, name, 4);
  put(record, section.type, 4);
  put(record, section.flags, word());
  put(record, section.address, word());
  put(record, offset, word());
  put(record, section.contents.size(), word());
  put(record, section.link, 4);
  put(record, section.info, 4);
  put(record, 8, word());
  put(record, section.entry_size, word());
  return record;
}

std::string ElfWriter::header(std::uint64_t section_offset, std::size_t count) const {
  std::string bytes =
      "\x7f"
      "ELF";
  bytes += is_64() ? '\2' : '\1';
  bytes += architecture_.byte_order == elf::ByteOrder::little ? '\1' : '\2';
  bytes += '\1';
  bytes.resize(16, '\0');
  put(bytes, is_executable_ ? 2 : 1, 2);  // ET_EXEC, ET_REL
  put(bytes, architecture_.machine, 2);
  put(bytes, 1, 4);
  put(bytes, 0, word());
  put(bytes, 0, word());
  put(bytes, section_offset, word());
  put(bytes, 0, 4);
  put(bytes, is_64() ? 64 : 52, 2);
  put(bytes, 0, 2);
  put(bytes, 0, 2);
  put(bytes, is_64() ? 64 : 40, 2);
  put(bytes, count, 2);
  put(bytes, count - 1, 2);
  return bytes;
}

std::string ElfWriter::bytes() const {
  std::vector<Section> sections = sections_;
  std::vector<std::size_t> numbers;
  add_symbol_table(sections, numbers);
  add_relocations(sections, numbers, static_cast<std::uint32_t>(sections_.size()) + 1);
  std::string names(1, '\0');
  for (const Section& section : sections) names += section.name + '\0';
  const std::size_t names_name = names.size();
  sections.push_back({".shstrtab", 3, 0, names + ".shstrtab" + '\0'});

  std::string body(is_64() ? 64 : 52, '\0');
  std::string records = section_record({}, 0, 0);
  std::size_t name = 1;
  for (const Section& section : sections) {
    body.resize((body.size() + 7) / 8 * 8, '\0');
    const bool is_last = &section == &sections.back();
    records += section_record(section, is_last ? names_name : name, body.size());
    body += section.contents;
    name += section.name.size() + 1;
  }
  body.resize((body.size() + 7) / 8 * 8, '\0');
  const std::string start = header(body.size(), sections.size() + 1);
  body.replace(0, start.size(), start);
  return body + records;
}

}  // namespace kpkg::test
