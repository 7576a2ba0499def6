// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/recovered_symbols.hpp"

#include "base/text.hpp"
#include "elf/image_exports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace kpkg::kernel {
namespace {

constexpr std::string_view image_owner = "vmlinux";

/// What modules demand that no module exports: the image must have it.
std::vector<elf::Demand> demands_of_image(const ModuleScan& modules) {
  std::unordered_set<std::string_view> own;
  for (const auto& symbol : modules.exports) own.insert(symbol.name);
  std::vector<elf::Demand> demands;
  std::copy_if(modules.demands.begin(), modules.demands.end(), std::back_inserter(demands),
               [&](const elf::Demand& demand) { return !own.contains(demand.name); });
  return demands;
}

std::vector<abi::KernelSymbol> rows_of(const std::vector<elf::ExportedSymbol>& symbols) {
  std::vector<abi::KernelSymbol> rows;
  rows.reserve(symbols.size());
  for (const auto& symbol : symbols)
    rows.push_back({.name = symbol.name,
                    .crc = symbol.crc.value_or(0),
                    .owner = std::string(image_owner),
                    .gpl_only = symbol.gpl_only,
                    .name_space = symbol.name_space});
  return rows;
}

std::vector<abi::KernelSymbol> rows_of(const std::vector<elf::Demand>& demands) {
  std::vector<abi::KernelSymbol> rows;
  for (const auto& demand : demands)
    rows.push_back({.name = demand.name, .crc = demand.crc.value_or(0), .owner = std::string(image_owner)});
  return rows;
}

/// Of `demands` those that `rows` lack.
std::vector<elf::Demand> missing_of(const std::vector<elf::Demand>& demands,
                                    const std::vector<abi::KernelSymbol>& rows) {
  std::unordered_set<std::string_view> names;
  for (const auto& row : rows) names.insert(row.name);
  std::vector<elf::Demand> missing;
  std::copy_if(demands.begin(), demands.end(), std::back_inserter(missing),
               [&](const elf::Demand& demand) { return !names.contains(demand.name); });
  return missing;
}

/// How many CRCs that modules demand `table` has otherwise, and one of these symbols.
struct Disagreement {
  std::size_t count = 0;
  std::string example = {};
};

Disagreement disagreement(const std::vector<elf::Demand>& demands, const abi::SymbolTable& table) {
  Disagreement found;
  for (const auto& demand : demands) {
    const auto symbol = demand.crc ? table.find(demand.name) : std::nullopt;
    if (!symbol || symbol->crc == demand.crc) continue;
    if (found.count++ == 0) found.example = demand.name;
  }
  return found;
}

/// The lines that one of two tables has and the other has not.
Disagreement difference(const abi::SymbolTable& left, const abi::SymbolTable& right) {
  Disagreement found;
  const auto compare = [&](const abi::SymbolTable& from, const abi::SymbolTable& to, bool counts_changed) {
    for (std::size_t index = 0; index < from.size(); ++index) {
      const auto symbol = from.at(index);
      const auto other = to.find(symbol.name);
      if (other && (!counts_changed || *other == symbol)) continue;
      if (found.count++ == 0) found.example = symbol.name;
    }
  };
  compare(left, right, true);
  compare(right, left, false);
  return found;
}

void note_torn(const ModuleScan& modules, std::vector<std::string>& notes) {
  if (modules.torn.empty()) return;
  notes.push_back(
      fmt::format("some modules are of another kernel: they demand {} with another CRC than most, such as {}",
                  counted(modules.torn.size(), "symbol"), modules.torn.front()));
}

}  // namespace

LearnedSymbols recovered_symbols(const ModuleScan& modules, const Result<UnpackedImage>& image,
                                 const elf::Architecture& architecture) {
  LearnedSymbols learned;
  note_torn(modules, learned.notes);
  const auto demands = demands_of_image(modules);
  const auto of_modules = fmt::format("its {}", counted(modules.modules, "module"));
  const auto exports = image ? elf::image_exports(image->bytes, architecture, demands)
                             : Result<elf::ImageExports>(tl::unexpect, image.error());
  auto rows = exports ? rows_of(exports->symbols) : rows_of(demands);
  const auto missing = missing_of(demands, rows);
  if (!missing.empty())
    learned.notes.push_back(fmt::format(
        "{} that modules demand {} exported by none of the modules that are here, such as {}",
        counted(missing.size(), "symbol"), missing.size() == 1 ? "is" : "are", missing.front().name));
  const auto guessed = rows_of(missing);
  rows.insert(rows.end(), guessed.begin(), guessed.end());
  rows.insert(rows.end(), modules.exports.begin(), modules.exports.end());
  if (rows.empty()) return learned;
  learned.symbols = abi::KernelSymbols{
      .table = abi::SymbolTable::from(std::move(rows)),
      .origin = exports ? fmt::format("its image, by {}, and {}", exports->method, of_modules)
                        : fmt::format("{} only: {}", of_modules, exports.error().text()),
      .is_complete = exports.has_value() && missing.empty() && modules.modules > 0};
  return learned;
}

LearnedSymbols weighed_symbols(LearnedSymbols recovered, const ModuleScan& modules,
                               abi::KernelSymbols of_headers) {
  if (!recovered.symbols) {
    recovered.symbols = std::move(of_headers);
    return recovered;
  }
  if (recovered.symbols->is_complete) {
    const auto found = difference(recovered.symbols->table, of_headers.table);
    if (found.count > 0)
      recovered.notes.push_back(fmt::format(
          "the {} differs from the kernel itself in {}, such as {}; the kernel's image is believed",
          of_headers.origin, counted(found.count, "symbol"), found.example));
    return recovered;
  }
  const auto found = disagreement(modules.demands, of_headers.table);
  if (found.count == 0) {
    recovered.symbols = std::move(of_headers);
    return recovered;
  }
  recovered.notes.push_back(fmt::format(
      "the {} has other CRCs than the kernel's modules for {}, such as {}; the modules are believed",
      of_headers.origin, counted(found.count, "symbol"), found.example));
  return recovered;
}

}  // namespace kpkg::kernel
