// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>

namespace kpkg::abi {
namespace {

constexpr std::string_view kind_letters = "sue";
/// "s a 1 0 0 " and its end: no more rows are expected than the text can hold.
constexpr std::size_t shortest_line = 10;
constexpr char function_letter = 'f';

void add_uses(std::string& text, const std::vector<std::uint32_t>& uses) {
  char before = ' ';
  for (const auto row : uses) {
    fmt::format_to(std::back_inserter(text), "{}{:x}", before, row);
    before = ',';
  }
  text += '\n';
}

/// Reads the words of one line.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  bool is_at_end() const { return rest_.empty(); }

  std::string_view word() {
    const auto word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(std::min(rest_.size(), word.size() + 1));
    return word;
  }

  std::optional<std::uint32_t> number() { return number_in(word()); }

  /// Rows below `count`, separated by commas; the rest of the line.
  std::optional<std::vector<std::uint32_t>> rows(std::size_t count) {
    std::vector<std::uint32_t> rows;
    while (!rest_.empty()) {
      const auto part = rest_.substr(0, rest_.find(','));
      rest_.remove_prefix(std::min(rest_.size(), part.size() + 1));
      const auto row = number_in(part);
      if (!row || *row >= count) return std::nullopt;
      rows.push_back(*row);
    }
    return rows;
  }

 private:
  static std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
  }

  std::string_view rest_;
};

bool read_type(char letter, std::string_view line, std::size_t count, TypeTable& table) {
  LineReader reader(line);
  const auto name = reader.word();
  const auto size = reader.number();
  const auto layout = reader.number();
  const auto likeness = reader.number();
  auto uses = reader.rows(count);
  if (name.empty() || !size || !layout || !likeness || !uses) return false;
  table.types.push_back({.name = std::string(name),
                         .kind = static_cast<TypeKind>(kind_letters.find(letter)),
                         .size = *size,
                         .layout = *layout,
                         .likeness = *likeness,
                         .uses = std::move(*uses)});
  return true;
}

bool read_function(std::string_view line, std::size_t count, TypeTable& table) {
  LineReader reader(line);
  const auto name = reader.word();
  auto uses = reader.rows(count);
  if (name.empty() || !uses) return false;
  table.functions.push_back({.function = std::string(name), .uses = std::move(*uses)});
  return true;
}

/// The first line: how many types follow.
std::optional<std::uint32_t> count_in(std::string_view line, std::size_t text_size) {
  LineReader reader(line);
  if (reader.word() != "types") return std::nullopt;
  const auto count = reader.number();
  if (!count || *count > text_size || !reader.is_at_end()) return std::nullopt;
  return count;
}

bool is_sorted(const TypeTable& table) {
  return std::is_sorted(table.types.begin(), table.types.end(),
                        [](const auto& left, const auto& right) { return left.name < right.name; }) &&
         std::is_sorted(table.functions.begin(), table.functions.end(),
                        [](const auto& left, const auto& right) { return left.function < right.function; });
}

}  // namespace

std::string text_of(const TypeTable& table) {
  std::string text = fmt::format("types {:x}\n", table.types.size());
  for (const auto& type : table.types) {
    fmt::format_to(std::back_inserter(text), "{} {} {:x} {:x} {:x}",
                   kind_letters[static_cast<std::size_t>(type.kind)], type.name, type.size, type.layout,
                   type.likeness);
    add_uses(text, type.uses);
  }
  for (const auto& each : table.functions) {
    fmt::format_to(std::back_inserter(text), "{} {}", function_letter, each.function);
    add_uses(text, each.uses);
  }
  return text;
}

Result<TypeTable> parse_types(std::string_view text) {
  TypeTable table;
  std::optional<std::uint32_t> count;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool is_first = number == 1;
    if (is_first) count = count_in(line, text.size());
    if (is_first && count) table.types.reserve(std::min<std::size_t>(*count, text.size() / shortest_line));
    const auto letter = line.substr(0, 1);
    const auto rest = line.substr(std::min<std::size_t>(line.size(), 2));
    const bool is_read = is_first                       ? count.has_value()
                         : letter.empty()               ? false
                         : letter[0] == function_letter ? read_function(rest, *count, table)
                         : kind_letters.find(letter[0]) != std::string_view::npos
                             ? read_type(letter[0], rest, *count, table)
                             : false;
    if (!is_read) return fail(ErrorKind::corrupt, fmt::format("line {} of the types is damaged", number));
  }
  if (!count || *count != table.types.size() || !is_sorted(table))
    return fail(ErrorKind::corrupt, "the types are not complete or not in order");
  return table;
}

}  // namespace kpkg::abi
