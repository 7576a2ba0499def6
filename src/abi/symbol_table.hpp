// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "base/shared_bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// A symbol that a kernel or one of its modules exports.
struct KernelSymbol {
  std::string name = {};
  std::uint32_t crc = 0;   ///< 0: the kernel has no MODVERSIONS, or no CRC for this symbol
  std::string owner = {};  ///< "vmlinux", or the module's path without .ko: "drivers/usb/core/usbcore"
  bool gpl_only = false;
  std::string name_space = {};  ///< empty: none

  bool operator==(const KernelSymbol&) const = default;
};

/// One symbol while a table is made: views of whatever it is made from.
struct SymbolLine {
  std::string_view name;
  std::string_view owner;
  std::string_view name_space;
  std::uint32_t crc = 0;
  bool gpl_only = false;
};

/// What a kernel exports, sorted by name, each name once, in one block of bytes that its copies share and in
/// which symbols are found as it lies: a table that is remembered costs nothing to take up. Guards that
/// order, and that every number in the block leads to something.
///
/// All numbers are of 32 bits, little-endian. First how many symbols, owners and namespaces there are and how
/// many bytes of text; then the text: names in their order, owners, namespaces, each ended by NUL; then where
/// in the text every 16th name, every owner and every namespace begins; then a number a symbol, three times:
/// CRC; index of its owner; twice the index of its namespace, plus 1 if it is for GPL modules alone.
class SymbolTable {
 public:
  SymbolTable() = default;

  /// The table of `symbols` in any order; of two with one name the first is kept, as modpost does. Their
  /// texts have no NUL.
  static SymbolTable from(const std::vector<KernelSymbol>& symbols);
  static SymbolTable from_lines(std::vector<SymbolLine> symbols);

  /// The table that bytes() were asked of. Nothing is allocated.
  ///
  /// Errors: corrupt: the numbers do not fit the bytes, a text has control characters, or the names are not
  /// in order.
  static Result<SymbolTable> read(SharedBytes bytes);

  std::string_view bytes() const;

  /// The symbol called `name`, found in O(log n).
  std::optional<KernelSymbol> find(std::string_view name) const;

  /// The symbol at `index` in the order of names; `index` is less than size().
  KernelSymbol at(std::size_t index) const;

  std::size_t size() const { return static_cast<std::size_t>(symbols_); }

  bool operator==(const SymbolTable& other) const { return bytes() == other.bytes(); }

 private:
  Status read_header();
  Status check_text() const;
  Status check_numbers() const;
  std::uint32_t word(std::uint64_t offset) const;
  std::string_view text() const;
  std::string_view text_at(std::uint64_t offset) const;
  std::string_view name(std::uint64_t index) const;
  KernelSymbol symbol(std::uint64_t index, std::string_view name) const;

  SharedBytes bytes_;
  // Of 64 bits on every machine: sums and products of what a header says overflow 32 before they are checked.
  std::uint64_t symbols_ = 0;
  std::uint64_t owners_ = 0;
  std::uint64_t name_spaces_ = 0;
  std::uint64_t text_size_ = 0;
  std::uint64_t marks_ = 0;    // where the beginnings of names, owners and namespaces stand
  std::uint64_t columns_ = 0;  // where the numbers of symbols stand
};

}  // namespace kpkg::abi
