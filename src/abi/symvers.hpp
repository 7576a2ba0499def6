// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

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

/// What a kernel exports, sorted by name, each name once, in one block of text. Guards that order.
class SymbolTable {
 public:
  SymbolTable() = default;

  /// The table of `symbols` in any order; of two with one name the first is kept, as modpost does.
  static SymbolTable from(std::vector<KernelSymbol> symbols);

  /// The symbol called `name`, found in O(log n).
  std::optional<KernelSymbol> find(std::string_view name) const;

  /// The symbol at `index` in the order of names; `index` is less than size().
  KernelSymbol at(std::size_t index) const;

  std::size_t size() const { return rows_.size(); }

  bool operator==(const SymbolTable&) const = default;

 private:
  friend Result<SymbolTable> parse_symvers(std::string_view text);
  friend Result<SymbolTable> unpack_symbols(std::string_view bytes);

  /// One symbol while a table is made: views of whatever it is made from.
  struct Line {
    std::string_view name;
    std::string_view owner;
    std::string_view name_space;
    std::uint32_t crc = 0;
    bool gpl_only = false;
  };
  struct Slice {
    std::uint32_t start = 0;
    std::uint32_t length = 0;
    bool operator==(const Slice&) const = default;
  };
  struct Row {
    Slice name;
    Slice owner;
    Slice name_space;
    std::uint32_t crc = 0;
    bool gpl_only = false;
    bool operator==(const Row&) const = default;
  };

  static SymbolTable build(std::vector<Line> symbols);
  std::string_view text(Slice slice) const;

  std::string text_;
  std::vector<Row> rows_;
};

/// Reads a Module.symvers of any era; the column of the namespace is found by where EXPORT_… stands.
///
/// Errors: corrupt: a line that is not of that form; the message has its number.
/// Source: linux Documentation/kbuild/modules.rst; without namespaces up to 5.3, in the third column in 5.4,
/// last since 5.6.
Result<SymbolTable> parse_symvers(std::string_view text);

/// The Module.symvers of `table`, in the columns of 5.6 and later.
std::string symvers_text(const SymbolTable& table);

}  // namespace kpkg::abi
