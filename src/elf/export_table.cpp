// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/export_table.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::elf {
namespace {

/// How the CRCs of a table lie.
struct CrcShape {
  unsigned width;
  bool is_relative;
};

std::optional<std::uint32_t> crc_at(const ImageMemory& memory, std::uint64_t address, CrcShape shape) {
  const auto value = memory.number(address, shape.width);
  if (!value) return std::nullopt;
  if (!shape.is_relative) return static_cast<std::uint32_t>(*value);
  const auto distance = static_cast<std::int32_t>(static_cast<std::uint32_t>(*value));
  const auto crc = memory.number(address + static_cast<std::uint64_t>(std::int64_t{distance}), 4);
  return crc ? std::optional(static_cast<std::uint32_t>(*crc)) : std::nullopt;
}

std::optional<std::uint64_t> namespace_of(const ImageMemory& memory, std::uint64_t field,
                                          const EntryShape& shape) {
  const auto value = memory.number(field, shape.field_size);
  if (!value || *value == 0) return std::nullopt;  // 5.4 to 5.6 had nothing where there was none
  return target_of(memory, field, shape);
}

}  // namespace

std::vector<EntryShape> entry_shapes(const Architecture& architecture) {
  const unsigned word = word_size(architecture.elf_class);
  return {EntryShape{.is_relative = true, .field_size = 4, .fields = 3},
          EntryShape{.is_relative = false, .field_size = word, .fields = 3},
          EntryShape{.is_relative = true, .field_size = 4, .fields = 2},
          EntryShape{.is_relative = false, .field_size = word, .fields = 2}};
}

std::optional<std::uint64_t> target_of(const ImageMemory& memory, std::uint64_t field,
                                       const EntryShape& shape) {
  const auto value = memory.number(field, shape.field_size);
  if (!value || !shape.is_relative) return value;
  const auto distance = static_cast<std::int32_t>(static_cast<std::uint32_t>(*value));
  return field + static_cast<std::uint64_t>(std::int64_t{distance});
}

bool is_symbol_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char character) {
    return (character >= 'a' && character <= 'z') || character == '_' ||
           (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           character == '.' || character == '-' || character == ':' || character == ',' || character == '$' ||
           character == '*';
  });
}

Result<std::vector<ExportedSymbol>> read_export_table(const ImageMemory& memory, const ExportTable& table) {
  if (table.count > most_exports)
    return damaged(fmt::format("the table of exported symbols has {} entries", table.count));
  std::vector<ExportedSymbol> symbols;
  symbols.reserve(table.count);
  for (std::uint64_t index = 0; index < table.count; ++index) {
    const std::uint64_t name_field =
        table.address + index * table.shape.entry_size() + table.shape.field_size;
    const auto target = target_of(memory, name_field, table.shape);
    const auto name = target ? memory.text(*target) : std::nullopt;
    if (!name || name->empty() || !is_symbol_text(*name))
      return damaged(fmt::format("entry {} of the table of exported symbols names no symbol", index));
    ExportedSymbol symbol{
        .name = std::string(*name), .crc = {}, .gpl_only = table.gpl_only, .name_space = {}};
    if (table.shape.fields == 3) {
      const auto place = namespace_of(memory, name_field + table.shape.field_size, table.shape);
      const auto name_space = place ? memory.text(*place) : std::string_view();
      if (!name_space || !is_symbol_text(*name_space))
        return damaged(fmt::format("the namespace of the exported symbol {} is no text", *name));
      symbol.name_space = std::string(*name_space);
    }
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

DemandIndex::DemandIndex(std::span<const Demand> demands) {
  demands_.reserve(demands.size());
  for (const Demand& demand : demands) demands_.emplace(demand.name, &demand);
}

const Demand* DemandIndex::find(std::string_view name) const {
  const auto found = demands_.find(name);
  return found == demands_.end() ? nullptr : found->second;
}

bool DemandIndex::agrees(const std::vector<ExportedSymbol>& symbols) const {
  return std::all_of(symbols.begin(), symbols.end(), [this](const ExportedSymbol& symbol) {
    const Demand* const demand = find(symbol.name);
    return demand == nullptr || !demand->crc || demand->crc == symbol.crc;
  });
}

bool take_crcs(const ImageMemory& memory, std::uint64_t address, const DemandIndex& demands,
               std::vector<ExportedSymbol>& symbols) {
  const unsigned word = word_size(memory.architecture().elf_class);
  for (const CrcShape shape : {CrcShape{4, false}, CrcShape{4, true}, CrcShape{word, false}}) {
    std::vector<std::uint32_t> crcs;
    for (std::size_t index = 0; index < symbols.size(); ++index) {
      const auto crc = crc_at(memory, address + index * shape.width, shape);
      const Demand* const demand = crc ? demands.find(symbols[index].name) : nullptr;
      if (!crc || (demand != nullptr && demand->crc && demand->crc != crc)) break;
      crcs.push_back(*crc);
    }
    if (crcs.size() != symbols.size()) continue;
    for (std::size_t index = 0; index < symbols.size(); ++index) symbols[index].crc = crcs[index];
    return true;
  }
  return false;
}

bool take_flags(const ImageMemory& memory, std::uint64_t address, std::vector<ExportedSymbol>& symbols) {
  const auto flags = memory.bytes(address, symbols.size());
  const auto is_flag = [](char byte) { return byte == 0 || byte == 1; };
  if (!flags || !std::all_of(flags->begin(), flags->end(), is_flag)) return false;
  for (std::size_t index = 0; index < symbols.size(); ++index) symbols[index].gpl_only = (*flags)[index] == 1;
  return true;
}

}  // namespace kpkg::elf
