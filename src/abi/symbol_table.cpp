// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/symbol_table.hpp"

#include "base/assert.hpp"
#include "elf/number.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace kpkg::abi {
namespace {

constexpr unsigned word_size = 4;
constexpr std::uint64_t header_size = 4 * word_size;
constexpr std::uint64_t columns = 3;

/// So many names, one after the other, are read to find one.
constexpr std::uint64_t block = 16;

constexpr std::uint64_t blocks_of(std::uint64_t symbols) {
  return (symbols + block - 1) / block;
}

void append_word(std::string& bytes, std::size_t number) {
  elf::append_little(bytes, number, word_size);
}

/// Numbers texts in the order in which they come first.
class TextIndex {
 public:
  std::size_t of(std::string_view text) {
    const auto [place, is_new] = numbers_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return place->second;
  }
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  std::unordered_map<std::string_view, std::size_t> numbers_;
  std::vector<std::string_view> texts_;
};

/// The parts of a table's bytes while they grow.
struct Parts {
  std::string text;
  std::string marks;
  std::string crcs;
  std::string owners;
  std::string kinds;

  void add_text(std::string_view added) {
    text += added;
    text += '\0';
  }

  void add_marked(const std::vector<std::string_view>& texts) {
    for (const auto each : texts) {
      append_word(marks, text.size());
      add_text(each);
    }
  }
};

std::string packed(const std::vector<SymbolLine>& symbols) {
  Parts parts;
  TextIndex owners;
  TextIndex name_spaces;
  for (std::size_t index = 0; index < symbols.size(); ++index) {
    const auto& symbol = symbols[index];
    if (index % block == 0) append_word(parts.marks, parts.text.size());
    parts.add_text(symbol.name);
    append_word(parts.crcs, symbol.crc);
    append_word(parts.owners, owners.of(symbol.owner));
    append_word(parts.kinds, 2 * name_spaces.of(symbol.name_space) + (symbol.gpl_only ? 1 : 0));
  }
  parts.add_marked(owners.texts());
  parts.add_marked(name_spaces.texts());
  std::string bytes;
  for (const auto number :
       {symbols.size(), owners.texts().size(), name_spaces.texts().size(), parts.text.size()})
    append_word(bytes, number);
  return bytes + parts.text + parts.marks + parts.crcs + parts.owners + parts.kinds;
}

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte < ' ' && byte != 0) || byte == 0x7f;
}

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorKind::corrupt, "the symbols are damaged: " + std::string(why));
}

}  // namespace

SymbolTable SymbolTable::from_lines(std::vector<SymbolLine> symbols) {
  std::stable_sort(symbols.begin(), symbols.end(),
                   [](const auto& left, const auto& right) { return left.name < right.name; });
  const auto same = [](const auto& left, const auto& right) { return left.name == right.name; };
  symbols.erase(std::unique(symbols.begin(), symbols.end(), same), symbols.end());
  SymbolTable table;
  if (symbols.empty()) return table;
  table.bytes_ = SharedBytes(packed(symbols));
  KPKG_ASSERT(table.read_header().has_value());
  return table;
}

SymbolTable SymbolTable::from(const std::vector<KernelSymbol>& symbols) {
  std::vector<SymbolLine> lines;
  lines.reserve(symbols.size());
  for (const auto& symbol : symbols)
    lines.push_back({symbol.name, symbol.owner, symbol.name_space, symbol.crc, symbol.gpl_only});
  return from_lines(std::move(lines));
}

Result<SymbolTable> SymbolTable::read(SharedBytes bytes) {
  SymbolTable table;
  if (bytes.view() == table.bytes()) return table;
  table.bytes_ = std::move(bytes);
  KPKG_TRY(table.read_header());
  KPKG_TRY(table.check_numbers());
  KPKG_TRY(table.check_text());
  return table;
}

std::string_view SymbolTable::bytes() const {
  static constexpr std::string_view empty("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", header_size);
  return bytes_ ? bytes_.view() : empty;
}

Status SymbolTable::read_header() {
  const auto size = bytes_.view().size();
  if (size < header_size) return damaged("they are truncated");
  symbols_ = word(0);
  owners_ = word(word_size);
  name_spaces_ = word(2 * word_size);
  text_size_ = word(3 * word_size);
  marks_ = header_size + text_size_;
  columns_ = marks_ + (blocks_of(symbols_) + owners_ + name_spaces_) * word_size;
  if (size != columns_ + symbols_ * columns * word_size)
    return damaged("their number does not fit their size");
  return {};
}

/// Every mark leads to the text that it is for, and there are no more and no fewer texts.
Status SymbolTable::check_text() const {
  const auto text = this->text();
  // Without a branch for each of half a million bytes: one is as rare as damage.
  bool has_control = false;
  for (const char each : text) has_control |= is_control(each);
  if (has_control) return damaged("a name has control characters");
  std::size_t offset = 0;
  std::uint64_t mark = marks_;
  std::string_view before;
  for (std::uint64_t index = 0; index < symbols_ + owners_ + name_spaces_; ++index) {
    const bool is_name = index < symbols_;
    if (offset >= text.size()) return damaged("the names do not fit their number");
    if (!is_name || index % block == 0) {
      if (word(mark) != offset) return damaged("the names are not where they should be");
      mark += word_size;
    }
    const auto end = text.find('\0', offset);
    if (end == std::string_view::npos) return damaged("the names do not fit their number");
    const auto each = text.substr(offset, end - offset);
    if (is_name && index > 0 && before >= each) return damaged("the names are not in order");
    before = each;
    offset = end + 1;
  }
  if (offset != text.size()) return damaged("the names do not fit their number");
  return {};
}

Status SymbolTable::check_numbers() const {
  const auto owners = columns_ + symbols_ * word_size;
  const auto kinds = owners + symbols_ * word_size;
  bool leads_out = false;
  for (std::uint64_t index = 0; index < symbols_; ++index)
    leads_out |=
        word(owners + index * word_size) >= owners_ || word(kinds + index * word_size) / 2 >= name_spaces_;
  if (leads_out) return damaged("a symbol's owner or namespace is not there");
  return {};
}

std::uint32_t SymbolTable::word(std::uint64_t offset) const {
  return static_cast<std::uint32_t>(elf::little_at(bytes_.view(), offset, word_size));
}

std::string_view SymbolTable::text() const {
  return bytes_.view().substr(header_size, static_cast<std::size_t>(text_size_));
}

std::string_view SymbolTable::text_at(std::uint64_t offset) const {
  const auto rest = text().substr(static_cast<std::size_t>(offset));
  return rest.substr(0, rest.find('\0'));
}

std::string_view SymbolTable::name(std::uint64_t index) const {
  std::uint64_t offset = word(marks_ + index / block * word_size);
  for (std::uint64_t passed = index % block; passed > 0; --passed) offset += text_at(offset).size() + 1;
  return text_at(offset);
}

KernelSymbol SymbolTable::symbol(std::uint64_t index, std::string_view name) const {
  const auto place = columns_ + index * word_size;
  const auto column = symbols_ * word_size;
  const auto owners = marks_ + blocks_of(symbols_) * word_size;
  const auto name_spaces = owners + owners_ * word_size;
  const auto kind = word(place + 2 * column);
  return {.name = std::string(name),
          .crc = word(place),
          .owner = std::string(text_at(word(owners + word(place + column) * word_size))),
          .gpl_only = kind % 2 == 1,
          .name_space = std::string(text_at(word(name_spaces + kind / 2 * word_size)))};
}

KernelSymbol SymbolTable::at(std::size_t index) const {
  KPKG_ASSERT(index < symbols_);
  return symbol(index, name(index));
}

std::optional<KernelSymbol> SymbolTable::find(std::string_view wanted) const {
  std::uint64_t first = 0;  // the block whose first name is the last one that is not after the wanted one
  std::uint64_t count = blocks_of(symbols_);
  while (count > 1) {
    const auto half = count / 2;
    const bool is_after = wanted < name((first + half) * block);
    if (!is_after) first += half;
    count = is_after ? half : count - half;
  }
  const auto end = std::min(symbols_, (first + 1) * block);
  std::uint64_t offset = symbols_ == 0 ? 0 : word(marks_ + first * word_size);
  for (std::uint64_t index = first * block; index < end; ++index) {
    const auto each = text_at(offset);
    if (each == wanted) return symbol(index, each);
    offset += each.size() + 1;
  }
  return std::nullopt;
}

}  // namespace kpkg::abi
