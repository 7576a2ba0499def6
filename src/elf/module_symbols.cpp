// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_symbols.hpp"

#include "elf/damage.hpp"
#include "elf/facts.hpp"
#include "elf/number.hpp"
#include "elf/object.hpp"
#include "elf/section_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::elf {
namespace {

bool is_table(std::string_view name) {
  return name.starts_with("__ksymtab") || name.starts_with("__kcrctab");
}

bool holds_symbols(std::string_view name) {
  return is_table(name) || name == "__kflagstab" || name == ".modinfo" || name.starts_with("__version");
}

/// Reads as much of an Object as the readers of exports and versions look at.
class PartialReader {
 public:
  PartialReader(ByteSource& source, SectionTable table) : source_(source), table_(std::move(table)) {}

  Result<ModuleSymbols> read();

 private:
  Status load_sections();
  Status load(std::size_t index);
  Status read_symbols(bool with_names);
  Status read_relocations();
  Result<std::vector<Relocation>> relocations_in(const PlacedSection& section);
  Status load_targets(const std::vector<Relocation>& relocations);
  Result<std::vector<Demand>> demands();

  ByteSource& source_;
  SectionTable table_;
  Object object_;
};

Status PartialReader::load(std::size_t index) {
  object_.sections[index].bytes = KPKG_TRY(bytes_of(source_, table_.sections[index]));
  return {};
}

Status PartialReader::load_sections() {
  object_.architecture = table_.architecture;
  object_.sections.reserve(table_.sections.size());
  for (const PlacedSection& section : table_.sections) {
    object_.sections.push_back({.name = section.name,
                                .type = section.type,
                                .flags = section.flags,
                                .size = section.size,
                                .link = section.link,
                                .info = section.info,
                                .bytes = {}});
    if (section.size > 0 && holds_symbols(section.name)) KPKG_TRY(load(object_.sections.size() - 1));
  }
  return {};
}

/// The symbol table; names cost another section, which exports do not need.
Status PartialReader::read_symbols(bool with_names) {
  const auto found = std::find_if(table_.sections.begin(), table_.sections.end(),
                                  [](const PlacedSection& section) { return section.type == type_symbols; });
  if (found == table_.sections.end() || found->link >= table_.sections.size())
    return damaged("the module has no symbol table with names");
  const auto records = KPKG_TRY(bytes_of(source_, *found));
  std::string_view names;
  if (with_names) names = KPKG_TRY(bytes_of(source_, table_.sections[found->link]));
  const bool is_64 = table_.architecture.elf_class == ElfClass::elf64;
  const std::size_t size = is_64 ? 24 : 16;
  const auto order = table_.architecture.byte_order;
  const ObjectSection name_section{.name = "symbol names", .bytes = names};
  object_.symbols.reserve(records.size() / size);
  for (std::size_t place = 0; place + size <= records.size(); place += size) {
    const auto number = [&](unsigned offset, unsigned width) {
      return number_at(records, place + offset, width, order);
    };
    ObjectSymbol symbol{.binding = static_cast<std::uint8_t>(number(is_64 ? 4 : 12, 1) >> 4U),
                        .section = static_cast<std::uint16_t>(number(is_64 ? 6 : 14, 2)),
                        .value = is_64 ? number(8, 8) : number(4, 4)};
    if (with_names && symbol.section == section_undefined && place > 0)
      symbol.name = KPKG_TRY(text_at(name_section, number(0, 4)));
    object_.symbols.push_back(symbol);
  }
  return {};
}

Result<std::vector<Relocation>> PartialReader::relocations_in(const PlacedSection& section) {
  const bool is_64 = table_.architecture.elf_class == ElfClass::elf64;
  const unsigned word = word_size(table_.architecture.elf_class);
  const bool has_addend = section.type == type_rela;
  const std::size_t size = std::size_t{word} * (has_addend ? 3 : 2);
  const auto order = table_.architecture.byte_order;
  constexpr std::uint16_t mips = 8;  // whose 64-bit little-endian form has the symbol in the lower half
  const bool is_lower = is_64 && table_.architecture.machine == mips && order == ByteOrder::little;
  const auto records = KPKG_TRY(bytes_of(source_, section));
  std::vector<Relocation> relocations;
  for (std::size_t place = 0; place + size <= records.size(); place += size) {
    const auto info = number_at(records, place + word, word, order);
    const auto symbol = is_lower ? info & 0xffffffff : info >> (is_64 ? 32U : 8U);
    if (symbol >= object_.symbols.size())
      return damaged(fmt::format("a relocation of {} names symbol {} of {}", section.name, symbol,
                                 object_.symbols.size()));
    const auto addend = has_addend ? number_at(records, place + 2 * std::uint64_t{word}, word, order) : 0;
    relocations.push_back({.offset = number_at(records, place, word, order),
                           .symbol = static_cast<std::uint32_t>(symbol),
                           .addend = is_64 ? static_cast<std::int64_t>(addend)
                                           : static_cast<std::int32_t>(static_cast<std::uint32_t>(addend)),
                           .addend_in_place = !has_addend});
  }
  std::sort(relocations.begin(), relocations.end(),
            [](const Relocation& left, const Relocation& right) { return left.offset < right.offset; });
  return relocations;
}

/// Up to 5.18 CRCs could be words in another section (MODULE_REL_CRCS).
Status PartialReader::load_targets(const std::vector<Relocation>& relocations) {
  constexpr std::uint64_t largest = 4U << 20;
  for (const Relocation& relocation : relocations) {
    const std::uint16_t index = object_.symbols[relocation.symbol].section;
    if (index == section_undefined || index >= object_.sections.size()) continue;
    const bool is_wanted = object_.sections[index].bytes.empty() && table_.sections[index].size <= largest;
    if (is_wanted) KPKG_TRY(load(index));
  }
  return {};
}

Status PartialReader::read_relocations() {
  for (const PlacedSection& section : table_.sections) {
    const bool is_relocation = section.type == type_rel || section.type == type_rela;
    if (!is_relocation || section.info >= table_.sections.size()) continue;
    if (!is_table(table_.sections[section.info].name)) continue;
    auto relocations = KPKG_TRY(relocations_in(section));
    if (table_.sections[section.info].name.starts_with("__kcrctab")) KPKG_TRY(load_targets(relocations));
    object_.relocations[section.info] = std::move(relocations);
  }
  return {};
}

Result<std::vector<Demand>> PartialReader::demands() {
  ModuleImage image;
  elf::read_versions(object_, image);
  KPKG_TRY(check_sound(image));
  const auto& versions = image.has_versions ? image.versions : image.extended_versions;
  std::vector<Demand> demands;
  demands.reserve(versions.size());
  for (const SymbolVersion& version : versions)
    demands.push_back({.name = version.symbol, .crc = static_cast<std::uint32_t>(version.crc)});
  if (image.has_versions || image.has_extended_versions) return demands;
  for (const ObjectSymbol& symbol : object_.symbols)
    if (symbol.section == section_undefined && symbol.binding != binding_weak && !symbol.name.empty())
      demands.push_back({.name = std::string(symbol.name), .crc = {}});
  return demands;
}

Result<ModuleSymbols> PartialReader::read() {
  KPKG_TRY(load_sections());
  ModuleImage image;
  read_modinfo(object_, image);
  ModuleSymbols answer{.architecture = table_.architecture, .exports = {}};
  answer.is_intree = std::any_of(image.modinfo.begin(), image.modinfo.end(),
                                 [](const ModinfoEntry& entry) { return entry.key == "intree"; });
  const bool has_versions =
      table_.find("__versions") != nullptr || table_.find("__version_ext_crcs") != nullptr;
  const bool has_exports = table_.find("__ksymtab") != nullptr || table_.find("__ksymtab_gpl") != nullptr;
  if (has_exports || !has_versions) KPKG_TRY(read_symbols(!has_versions));
  if (has_exports) KPKG_TRY(read_relocations());
  answer.demands = KPKG_TRY(demands());
  read_exports(object_, image);
  KPKG_TRY(check_sound(image));
  answer.exports = std::move(image.exports);
  return answer;
}

}  // namespace

Result<ModuleSymbols> read_module_symbols(ByteSource& source) {
  auto table = KPKG_TRY(read_section_table(source));
  constexpr std::uint16_t relocatable = 1;  // ET_REL
  if (table.type != relocatable)
    return damaged(fmt::format("the ELF type (e_type) is {}, not 1 (relocatable)", table.type));
  return PartialReader(source, std::move(table)).read();
}

}  // namespace kpkg::elf
