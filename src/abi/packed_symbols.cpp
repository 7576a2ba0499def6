// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/packed_symbols.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace kpkg::abi {
namespace {

constexpr std::size_t word_size = 4;
constexpr std::size_t header_size = 4 * word_size;
constexpr std::size_t columns = 3;

void append_word(std::string& bytes, std::uint32_t word) {
  for (std::size_t index = 0; index < word_size; ++index)
    bytes += static_cast<char>((word >> (8 * index)) & 0xff);
}

std::uint32_t word_at(std::string_view bytes, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t index = 0; index < word_size; ++index)
    word |= std::uint32_t{static_cast<unsigned char>(bytes[offset + index])} << (8 * index);
  return word;
}

/// Numbers texts in the order in which they come first.
class TextIndex {
 public:
  std::uint32_t of(const std::string& text) {
    const auto [place, is_new] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return place->second;
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> texts_;
};

/// The next `count` texts, each ended by NUL, taken off `text`; fewer if there are not as many.
std::vector<std::string_view> take_texts(std::string_view& text, std::size_t count) {
  std::vector<std::string_view> texts;
  texts.reserve(count);
  while (texts.size() < count) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) break;
    texts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return texts;
}

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte < ' ' && byte != 0) || byte == 0x7f;
}

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorKind::corrupt, "the symbols are damaged: " + std::string(why));
}

struct Header {
  std::uint64_t symbols = 0;
  std::uint64_t owners = 0;
  std::uint64_t name_spaces = 0;
  std::uint64_t text_size = 0;
};

Result<Header> read_header(std::string_view bytes) {
  if (bytes.size() < header_size) return damaged("they are truncated");
  const Header header{.symbols = word_at(bytes, 0),
                      .owners = word_at(bytes, word_size),
                      .name_spaces = word_at(bytes, 2 * word_size),
                      .text_size = word_at(bytes, 3 * word_size)};
  if (bytes.size() != header_size + header.text_size + header.symbols * columns * word_size)
    return damaged("their number does not fit their size");
  // Every text takes a byte at least, so this also bounds what is allocated.
  if (header.symbols + header.owners + header.name_spaces > header.text_size)
    return damaged("there are more names than text");
  return header;
}

}  // namespace

std::string pack_symbols(const SymbolTable& table) {
  TextIndex owners;
  TextIndex name_spaces;
  std::string text;
  std::string crcs;
  std::string owner_numbers;
  std::string kinds;
  for (std::size_t index = 0; index < table.size(); ++index) {
    const auto symbol = table.at(index);
    text += symbol.name + '\0';
    append_word(crcs, symbol.crc);
    append_word(owner_numbers, owners.of(symbol.owner));
    append_word(kinds, 2 * name_spaces.of(symbol.name_space) + (symbol.gpl_only ? 1 : 0));
  }
  for (const auto* texts : {&owners.texts(), &name_spaces.texts()})
    for (const auto& each : *texts) text += each + '\0';
  std::string bytes;
  for (const auto number : {table.size(), owners.texts().size(), name_spaces.texts().size(), text.size()})
    append_word(bytes, static_cast<std::uint32_t>(number));
  return bytes + text + crcs + owner_numbers + kinds;
}

Result<SymbolTable> unpack_symbols(std::string_view bytes) {
  const auto header = KPKG_TRY(read_header(bytes));
  auto text = bytes.substr(header_size, header.text_size);
  // Without a branch for each of half a million bytes: one is as rare as damage.
  bool has_control = false;
  for (const char each : text) has_control |= is_control(each);
  if (has_control) return damaged("a name has control characters");
  const auto names = take_texts(text, header.symbols);
  const auto owners = take_texts(text, header.owners);
  const auto name_spaces = take_texts(text, header.name_spaces);
  if (name_spaces.size() != header.name_spaces || !text.empty())
    return damaged("the names do not fit their number");
  const auto crcs = header_size + header.text_size;
  const auto column_size = header.symbols * word_size;
  std::vector<SymbolTable::Line> symbols;
  symbols.reserve(names.size());
  for (std::size_t index = 0; index < names.size(); ++index) {
    const auto place = crcs + index * word_size;
    const auto owner = word_at(bytes, place + column_size);
    const auto kind = word_at(bytes, place + 2 * column_size);
    if (owner >= owners.size() || kind / 2 >= name_spaces.size())
      return damaged("a symbol's owner or namespace is not there");
    symbols.push_back({.name = names[index],
                       .owner = owners[owner],
                       .name_space = name_spaces[kind / 2],
                       .crc = word_at(bytes, place),
                       .gpl_only = kind % 2 == 1});
  }
  return SymbolTable::build(std::move(symbols));
}

}  // namespace kpkg::abi
