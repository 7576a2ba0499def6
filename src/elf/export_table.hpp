// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/image_exports.hpp"
#include "elf/image_memory.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kpkg::elf {

// Private to elf/: tables of exported symbols in a kernel's memory.

/// How the entries of a table lie: { value, name } up to 5.3, then { value, name, namespace }.
struct EntryShape {
  bool is_relative = true;  ///< fields of 32 bits that count from themselves; else addresses
  unsigned field_size = 4;
  unsigned fields = 3;

  unsigned entry_size() const { return field_size * fields; }
  bool operator==(const EntryShape&) const = default;
};

/// A table of `count` entries.
struct ExportTable {
  std::uint64_t address = 0;
  std::uint64_t count = 0;
  EntryShape shape;
  bool gpl_only = false;

  std::uint64_t end() const { return address + count * shape.entry_size(); }
  bool operator==(const ExportTable&) const = default;
};

/// More entries than any kernel has (13,000 in 7.2): what a hostile image may cost.
constexpr std::uint64_t most_exports = 1U << 18;

/// The shapes that a table may have on such a machine, the newest first.
std::vector<EntryShape> entry_shapes(const Architecture& architecture);

/// Where a field of a table points to; nothing: the field is outside the memory.
std::optional<std::uint64_t> target_of(const ImageMemory& memory, std::uint64_t field,
                                       const EntryShape& shape);

/// Whether `text` can be the name of a symbol or of a namespace.
bool is_symbol_text(std::string_view text);

/// Errors: corrupt: an entry that names no symbol.
Result<std::vector<ExportedSymbol>> read_export_table(const ImageMemory& memory, const ExportTable& table);

/// The CRCs that the modules of a kernel demand, by symbol.
class DemandIndex {
 public:
  explicit DemandIndex(std::span<const Demand> demands);

  const Demand* find(std::string_view name) const;
  std::size_t size() const { return demands_.size(); }

  /// Whether every CRC in `symbols` that is demanded is what is demanded.
  bool agrees(const std::vector<ExportedSymbol>& symbols) const;

 private:
  std::unordered_map<std::string_view, const Demand*> demands_;
};

/// Takes the CRCs of `symbols` from the table at `address`: as words, or as references to words elsewhere
/// (MODULE_REL_CRCS, up to 5.18), of 32 bits or a machine word, whichever agrees with what modules demand.
/// False, and no CRC is set: none of them does.
bool take_crcs(const ImageMemory& memory, std::uint64_t address, const DemandIndex& demands,
               std::vector<ExportedSymbol>& symbols);

/// Takes from one byte for each of `symbols` whether it is for GPL modules alone (since 7.1). False: there
/// are not as many bytes, or one has another bit than the lowest.
bool take_flags(const ImageMemory& memory, std::uint64_t address, std::vector<ExportedSymbol>& symbols);

}  // namespace kpkg::elf
