// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/symvers.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <unordered_map>

namespace kpkg::abi {

namespace {

constexpr std::size_t most_columns = 5;

struct Columns {
  std::array<std::string_view, most_columns> texts;
  std::size_t count = 0;  ///< more than most_columns: there were too many
};

Columns columns_of(std::string_view line) {
  Columns columns;
  while (columns.count < most_columns) {
    const std::size_t end = line.find('\t');
    columns.texts[columns.count++] = line.substr(0, end);
    if (end == std::string_view::npos) return columns;
    line.remove_prefix(end + 1);
  }
  columns.count = most_columns + 1;
  return columns;
}

std::optional<std::uint32_t> crc_from(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  std::uint32_t crc = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), crc, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return crc;
}

bool is_export_kind(std::string_view text) {
  return text.starts_with("EXPORT_SYMBOL") || text.starts_with("EXPORT_UNUSED_SYMBOL");
}

/// Whether a symbol of this kind is for GPL modules alone; "EXPORT_SYMBOL_GPL_FUTURE" (up to 5.11) was not
/// yet.
bool is_gpl_only(std::string_view kind) {
  return kind.ends_with("_GPL");
}

tl::unexpected<Error> malformed(std::size_t number, std::string_view what) {
  return fail(ErrorKind::corrupt, fmt::format("line {} of Module.symvers {}", number, what),
              "the kernel tree is damaged; install its headers again");
}

}  // namespace

std::string_view SymbolTable::text(Slice slice) const {
  return std::string_view(text_).substr(slice.start, slice.length);
}

SymbolTable SymbolTable::build(std::vector<Line> symbols) {
  const auto before = [](const Line& left, const Line& right) { return left.name < right.name; };
  // What is remembered is sorted already; to sort it again would take longer than all the rest.
  if (!std::is_sorted(symbols.begin(), symbols.end(), before))
    std::stable_sort(symbols.begin(), symbols.end(), before);
  const auto same = [](const Line& left, const Line& right) { return left.name == right.name; };
  symbols.erase(std::unique(symbols.begin(), symbols.end(), same), symbols.end());
  SymbolTable table;
  table.rows_.reserve(symbols.size());
  table.text_.reserve(std::accumulate(symbols.begin(), symbols.end(), std::size_t{0},
                                      [](auto sum, const Line& line) { return sum + line.name.size(); }));
  std::unordered_map<std::string_view, Slice> kept;  // owners and namespaces: few texts, used again and again
  const auto append = [&](std::string_view text) {
    const Slice slice{.start = static_cast<std::uint32_t>(table.text_.size()),
                      .length = static_cast<std::uint32_t>(text.size())};
    table.text_ += text;
    return slice;
  };
  const auto keep = [&](std::string_view text) {
    if (text.empty()) return Slice{};  // nearly all namespaces
    const auto [place, is_new] = kept.try_emplace(text);
    if (is_new) place->second = append(text);
    return place->second;
  };
  for (const Line& line : symbols) {
    table.rows_.push_back({.name = append(line.name),
                           .owner = keep(line.owner),
                           .name_space = keep(line.name_space),
                           .crc = line.crc,
                           .gpl_only = line.gpl_only});
  }
  return table;
}

SymbolTable SymbolTable::from(std::vector<KernelSymbol> symbols) {
  std::vector<Line> lines;
  lines.reserve(symbols.size());
  for (const KernelSymbol& symbol : symbols) {
    lines.push_back({.name = symbol.name,
                     .owner = symbol.owner,
                     .name_space = symbol.name_space,
                     .crc = symbol.crc,
                     .gpl_only = symbol.gpl_only});
  }
  return build(std::move(lines));
}

std::optional<KernelSymbol> SymbolTable::find(std::string_view name) const {
  const auto found =
      std::lower_bound(rows_.begin(), rows_.end(), name,
                       [&](const Row& row, std::string_view wanted) { return text(row.name) < wanted; });
  if (found == rows_.end() || text(found->name) != name) return std::nullopt;
  return at(static_cast<std::size_t>(found - rows_.begin()));
}

KernelSymbol SymbolTable::at(std::size_t index) const {
  KPKG_ASSERT(index < rows_.size());
  const Row& row = rows_[index];
  return {.name = std::string(text(row.name)),
          .crc = row.crc,
          .owner = std::string(text(row.owner)),
          .gpl_only = row.gpl_only,
          .name_space = std::string(text(row.name_space))};
}

Result<SymbolTable> parse_symvers(std::string_view text) {
  constexpr std::size_t largest = 1U << 30;  // what a table can number is 4 GiB; real ones have 2 MB
  if (text.size() > largest) return fail(ErrorKind::corrupt, "Module.symvers is larger than 1 GiB");
  std::vector<SymbolTable::Line> symbols;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const Columns columns = columns_of(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (columns.count < 4 || columns.count > most_columns)
      return malformed(number, "has not four or five columns");
    const auto crc = crc_from(columns.texts[0]);
    if (!crc) return malformed(number, fmt::format("begins with '{}', not with a CRC", columns.texts[0]));
    if (columns.texts[1].empty()) return malformed(number, "has no symbol");
    // 5.4 and 5.5 had the namespace before the owner.
    const bool last = is_export_kind(columns.texts[3]);
    if (!last && !is_export_kind(columns.texts[4])) return malformed(number, "has no column EXPORT_SYMBOL");
    symbols.push_back({.name = columns.texts[1],
                       .owner = columns.texts[last ? 2 : 3],
                       .name_space = columns.texts[last ? 4 : 2],
                       .crc = *crc,
                       .gpl_only = is_gpl_only(columns.texts[last ? 3 : 4])});
  }
  return SymbolTable::build(std::move(symbols));
}

std::string symvers_text(const SymbolTable& table) {
  std::string text;
  for (std::size_t index = 0; index < table.size(); ++index) {
    const KernelSymbol symbol = table.at(index);
    text += fmt::format("{:#010x}\t{}\t{}\tEXPORT_SYMBOL{}\t{}\n", symbol.crc, symbol.name, symbol.owner,
                        symbol.gpl_only ? "_GPL" : "", symbol.name_space);
  }
  return text;
}

}  // namespace kpkg::abi
