// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/damage.hpp"
#include "elf/number.hpp"
#include "elf/object_reader.hpp"

#include <fmt/format.h>

#include <string>

namespace kpkg::elf {
namespace {

/// The first one is what kernels up to 6.3 take; newer ones take a file with two for stripped. 0: none.
std::size_t find_symbol_table(Object& object) {
  std::size_t found = 0;
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    if (object.sections[index].type != type_symbols) continue;
    if (found != 0) {
      object.defects.push_back(
          {.id = DefectId::symbol_table_twice,
           .detail = fmt::format("there are two symbol tables, sections {} and {}", found, index)});
      return found;
    }
    found = index;
  }
  if (found == 0) {
    object.defects.push_back({.id = DefectId::symbol_table_missing,
                              .detail = "the module has no symbol table (it is stripped)",
                              .hint = "strip modules with --strip-debug only; build it again"});
  }
  return found;
}

/// The names of the symbols: those in their table, and what follows it in the file, as kernels that do not
/// look at its end read on there.
struct Names {
  std::string_view text;
  std::size_t size = 0;  ///< of the table alone
};

Names names_of(const ObjectSection& table, Object& object) {
  auto& defects = object.defects;
  if (table.link == 0 || table.link >= object.sections.size()) {
    defects.push_back({.id = DefectId::symbol_names_index,
                       .numbers = {table.link, object.sections.size()},
                       .detail = fmt::format("the symbol names (sh_link) are in section {} of {}", table.link,
                                             object.sections.size())});
    return {};
  }
  const ObjectSection& names = object.sections[table.link];
  if (names.type != type_strings) {
    defects.push_back({.id = DefectId::symbol_names_type,
                       .numbers = {names.type},
                       .detail = fmt::format("the symbol names are in a section of type {}", names.type)});
  }
  const auto bytes = names.stored;
  if (bytes.empty()) {
    defects.push_back(
        {.id = DefectId::symbol_names_empty, .detail = "the table of the symbol names is empty"});
  } else if (bytes.front() != '\0') {
    defects.push_back({.id = DefectId::symbol_names_without_first_nul,
                       .detail = "the table of the symbol names does not begin with NUL"});
  }
  if (!bytes.empty() && bytes.back() != '\0') {
    defects.push_back({.id = DefectId::symbol_names_unterminated,
                       .detail = "the table of the symbol names does not end with NUL"});
  }
  if (bytes.data() == nullptr) return {};
  const auto start = static_cast<std::size_t>(bytes.data() - object.file.data());
  return {.text = object.file.substr(start), .size = bytes.size()};
}

/// A symbol as it stands in the file. Source: ELF gABI, "Symbol Table".
struct RawSymbol {
  std::uint64_t name = 0;
  ObjectSymbol symbol;
};

RawSymbol raw_symbol(std::string_view table, std::uint64_t at, const Architecture& architecture) {
  const auto order = architecture.byte_order;
  const bool is_wide = architecture.elf_class == ElfClass::elf64;
  RawSymbol raw;
  raw.name = number_at(table, at, 4, order);
  raw.symbol.value = is_wide ? number_at(table, at + 8, 8, order) : number_at(table, at + 4, 4, order);
  raw.symbol.binding = static_cast<unsigned char>(table[at + (is_wide ? 4 : 12)]) >> 4U;
  raw.symbol.section = static_cast<std::uint16_t>(number_at(table, at + (is_wide ? 6 : 14), 2, order));
  return raw;
}

/// Adds one of many defects of a kind. All but the last of a long row are alike: that one decides which error
/// the user meets.
void add_one_of_many(std::vector<Defect>& defects, Defect defect) {
  constexpr std::size_t most = 64;
  const bool is_long = defects.size() >= most && defects.back().id == defect.id;
  if (is_long) defects.pop_back();
  defects.push_back(std::move(defect));
}

void check_section(const ObjectSymbol& symbol, std::size_t index, Object& object) {
  const std::size_t count = object.sections.size();
  if (index == 0) {
    // Nobody resolves it, but kallsyms looks up its section.
    constexpr std::uint16_t first_reserved = 0xff00;  // SHN_LORESERVE
    if (symbol.section < count || symbol.section >= first_reserved) return;
    object.defects.push_back(
        {.id = DefectId::symbol_zero,
         .numbers = {symbol.section},
         .detail = fmt::format("symbol 0 is in section {} of {}", symbol.section, count)});
    return;
  }
  if (symbol.section == section_common) {
    if (symbol.name.starts_with("__gnu_lto")) return;
    return add_one_of_many(
        object.defects, {.id = DefectId::symbol_common,
                         .name = std::string(symbol.name),
                         .numbers = {index},
                         .detail = fmt::format("symbol {} ({}) is a common one, without a place of its own",
                                               index, symbol.name)});
  }
  if (symbol.section < count || symbol.section == section_absolute || symbol.section == section_livepatch)
    return;
  add_one_of_many(object.defects, {.id = DefectId::symbol_section_outside,
                                   .name = std::string(symbol.name),
                                   .numbers = {index, symbol.section, count - 1},
                                   .detail = fmt::format("symbol {} ({}) is in section {} of {}", index,
                                                         symbol.name, symbol.section, count)});
}

}  // namespace

void read_symbols(Object& object) {
  const std::size_t index = find_symbol_table(object);
  if (index == 0) return;
  const std::string_view table = object.sections[index].bytes;
  const Names text = names_of(object.sections[index], object);
  NameTable names(text.text);
  const std::size_t entry_size = object.architecture.elf_class == ElfClass::elf64 ? 24 : 16;
  const std::size_t count = table.size() / entry_size;  // as kernels count: a remainder is not looked at
  object.symbols.reserve(count);
  bool has_bad_name = false;
  for (std::size_t entry = 0; entry < count; ++entry) {
    auto raw = raw_symbol(table, entry * entry_size, object.architecture);
    if (names.has(raw.name)) raw.symbol.name = names.name_at(raw.name);
    if (raw.name >= text.size && !has_bad_name) {
      has_bad_name = true;
      object.defects.push_back(
          {.id = DefectId::symbol_name_outside,
           .numbers = {entry},
           .detail = fmt::format("the name of symbol {} is at offset {}, outside the table of names", entry,
                                 raw.name)});
    }
    check_section(raw.symbol, entry, object);
    object.symbols.push_back(raw.symbol);
  }
  if (!names.is_exhausted()) return;
  object.defects.push_back(
      {.id = DefectId::too_costly, .detail = "the symbol names overlap too much to be read"});
}

}  // namespace kpkg::elf
