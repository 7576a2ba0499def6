// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/symvers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

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

/// Tabs stand between columns; no other control character has a meaning, and NUL ends names elsewhere.
bool has_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char each) {
    const auto byte = static_cast<unsigned char>(each);
    return (byte < ' ' && byte != '\t') || byte == 0x7f;
  });
}

tl::unexpected<Error> malformed(std::size_t number, std::string_view what) {
  return fail(ErrorKind::corrupt, fmt::format("line {} of Module.symvers {}", number, what),
              "the kernel tree is damaged; install its headers again");
}

}  // namespace

Result<SymbolTable> parse_symvers(std::string_view text) {
  constexpr std::size_t largest = 1U << 30;  // what a table can number is 4 GiB; real ones have 2 MB
  if (text.size() > largest) return fail(ErrorKind::corrupt, "Module.symvers is larger than 1 GiB");
  std::vector<SymbolLine> symbols;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const auto line = text.substr(0, end);
    if (has_control(line)) return malformed(number, "has control characters");
    const Columns columns = columns_of(line);
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
  return SymbolTable::from_lines(std::move(symbols));
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
