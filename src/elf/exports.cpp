// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/damage.hpp"
#include "elf/facts.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace kpkg::elf {
namespace {

/// A table of exports; the last three ended with 5.11, the second with 7.0.
struct Table {
  std::string_view suffix;
  bool gpl_only;
};
constexpr std::array tables{Table{"", false}, Table{"_gpl", true}, Table{"_gpl_future", false},
                            Table{"_unused", false}, Table{"_unused_gpl", true}};

/// How the entries of a table lie: { value, name } up to 5.3, then { value, name, namespace }; a field is a
/// word, or 32 bits on machines with relative references (x86-64 and arm64 since 4.19).
struct Shape {
  unsigned field_size = 0;
  unsigned entry_size = 0;
};

constexpr std::string_view strings_name = "__ksymtab_strings";

/// One table with all that is needed to read its entries.
struct TableView {
  const Object& object;
  const ObjectSection& section;
  const std::vector<Relocation>& relocations;
};

const Relocation* relocation_at(const TableView& table, std::uint64_t offset) {
  const auto found = std::lower_bound(
      table.relocations.begin(), table.relocations.end(), offset,
      [](const Relocation& relocation, std::uint64_t wanted) { return relocation.offset < wanted; });
  return found != table.relocations.end() && found->offset == offset ? &*found : nullptr;
}

/// The section that a field refers to, if it refers to one of this module.
const ObjectSection* target_of(const TableView& table, std::uint64_t offset) {
  const Relocation* const relocation = relocation_at(table, offset);
  if (relocation == nullptr) return nullptr;
  const std::uint16_t index = table.object.symbols[relocation->symbol].section;
  const bool is_ordinary = index != section_undefined && index < table.object.sections.size();
  return is_ordinary ? &table.object.sections[index] : nullptr;
}

bool refers_to_text(const TableView& table, std::uint64_t offset) {
  const ObjectSection* const target = target_of(table, offset);
  return target != nullptr && target->name == strings_name;
}

bool has_shape(const TableView& table, Shape shape) {
  if (table.section.size % shape.entry_size != 0) return false;
  for (std::uint64_t entry = 0; entry < table.section.size; entry += shape.entry_size) {
    const bool has_value = relocation_at(table, entry) != nullptr && !refers_to_text(table, entry);
    if (!has_value || !refers_to_text(table, entry + shape.field_size)) return false;
  }
  return true;
}

/// The shape follows from which fields refer to names, so neither release nor machine need be known.
Result<Shape> shape_of(const TableView& table) {
  const unsigned word = word_size(table.object.architecture.elf_class);
  for (const unsigned field : {4U, word}) {
    for (const unsigned fields : {3U, 2U}) {
      const Shape shape{.field_size = field, .entry_size = field * fields};
      if (has_shape(table, shape)) return shape;
    }
  }
  return damaged(
      fmt::format("the {} bytes of {} have no known form", table.section.size, table.section.name));
}

/// Where a field points to within its target: what the relocation adds to the symbol.
std::uint64_t offset_in_target(const TableView& table, std::uint64_t offset, unsigned field_size) {
  const Relocation* const relocation = relocation_at(table, offset);
  const std::uint64_t base = table.object.symbols[relocation->symbol].value;
  if (!relocation->addend_in_place) return base + static_cast<std::uint64_t>(relocation->addend);
  if (!fits(offset, field_size, table.section.bytes.size())) return base;
  return base + number_at(table.section.bytes, offset, field_size, table.object.architecture.byte_order);
}

/// The text that a field refers to; empty if it refers to none (namespaces of 5.4 to 5.6).
Result<std::string> text_of(const TableView& table, std::uint64_t offset, unsigned field_size) {
  if (!refers_to_text(table, offset)) return std::string();
  const auto text = KPKG_TRY(text_at(*target_of(table, offset), offset_in_target(table, offset, field_size)));
  return std::string(text);
}

/// The CRC of one entry: a constant (since 5.19); the value of an absolute symbol (up to 5.18); a word
/// elsewhere that a symbol names (MODULE_REL_CRCS); or 0, where a weak symbol says that there is none.
Result<std::uint32_t> crc_at(const TableView& crcs, std::uint64_t offset, unsigned width) {
  constexpr unsigned crc_size = 4;
  const ByteOrder order = crcs.object.architecture.byte_order;
  const Relocation* const relocation = relocation_at(crcs, offset);
  if (relocation == nullptr)
    return static_cast<std::uint32_t>(number_at(crcs.section.bytes, offset, width, order));
  const ObjectSymbol& symbol = crcs.object.symbols[relocation->symbol];
  if (symbol.section == section_absolute) return static_cast<std::uint32_t>(symbol.value);
  const ObjectSection* const target = target_of(crcs, offset);
  if (target == nullptr) return std::uint32_t{0};
  const std::uint64_t place = offset_in_target(crcs, offset, width);
  if (!fits(place, crc_size, target->bytes.size())) {
    return damaged(fmt::format("the CRC at offset {} of {} lies outside section {}", place, crcs.section.name,
                               target->name));
  }
  return static_cast<std::uint32_t>(number_at(target->bytes, place, crc_size, order));
}

const std::vector<Relocation>& relocations_of(const Object& object, std::size_t index) {
  static const std::vector<Relocation> none;
  const auto found = object.relocations.find(index);
  return found == object.relocations.end() ? none : found->second;
}

/// Gives `exports`, the entries of the table called `suffix`, their CRCs; leaves them without if there is no
/// table of CRCs.
Status add_crcs(const Object& object, std::string_view suffix, std::vector<ExportedSymbol>& exports) {
  const std::size_t index = find_section(object, fmt::format("__kcrctab{}", suffix));
  if (index == 0) return {};
  const ObjectSection& section = object.sections[index];
  const unsigned word = word_size(object.architecture.elf_class);
  const bool is_narrow = section.bytes.size() == exports.size() * 4;
  if (!is_narrow && section.bytes.size() != exports.size() * word) {
    return damaged(
        fmt::format("{} has {} bytes for {} symbols", section.name, section.bytes.size(), exports.size()));
  }
  const unsigned width = is_narrow ? 4 : word;
  const TableView view{object, section, relocations_of(object, index)};
  for (std::size_t entry = 0; entry < exports.size(); ++entry) {
    exports[entry].crc = KPKG_TRY(crc_at(view, entry * width, width));
  }
  return {};
}

/// Since 7.1 one table holds all exports, and a byte for each says in bit 0 whether it is for GPL modules
/// alone.
Status add_flags(const Object& object, std::vector<ExportedSymbol>& exports) {
  const std::size_t index = find_section(object, "__kflagstab");
  if (index == 0) return {};
  const std::string_view flags = object.sections[index].bytes;
  if (flags.size() != exports.size()) {
    return damaged(fmt::format("__kflagstab has {} bytes for {} symbols", flags.size(), exports.size()));
  }
  for (std::size_t entry = 0; entry < exports.size(); ++entry) {
    exports[entry].gpl_only = (static_cast<unsigned char>(flags[entry]) & 1U) != 0;
  }
  return {};
}

Result<std::vector<ExportedSymbol>> read_table(const Object& object, Table which) {
  std::vector<ExportedSymbol> exports;
  const std::size_t index = find_section(object, fmt::format("__ksymtab{}", which.suffix));
  if (index == 0 || object.sections[index].bytes.empty()) return exports;
  const TableView view{object, object.sections[index], relocations_of(object, index)};
  const Shape shape = KPKG_TRY(shape_of(view));
  const bool has_namespaces = shape.entry_size == 3 * shape.field_size;
  for (std::uint64_t entry = 0; entry < view.section.size; entry += shape.entry_size) {
    ExportedSymbol symbol{.name = {}, .crc = {}, .gpl_only = which.gpl_only, .name_space = {}};
    symbol.name = KPKG_TRY(text_of(view, entry + shape.field_size, shape.field_size));
    if (has_namespaces) {
      symbol.name_space =
          KPKG_TRY(text_of(view, entry + 2 * std::uint64_t{shape.field_size}, shape.field_size));
    }
    exports.push_back(std::move(symbol));
  }
  KPKG_TRY(add_crcs(object, which.suffix, exports));
  if (which.suffix.empty()) KPKG_TRY(add_flags(object, exports));
  return exports;
}

/// Kernels look an export up by bisection, so that one out of order is not found.
void check_order(std::string_view suffix, const std::vector<ExportedSymbol>& exports,
                 std::vector<Defect>& defects) {
  const auto by_name = [](const auto& left, const auto& right) { return left.name < right.name; };
  const auto wrong = std::is_sorted_until(exports.begin(), exports.end(), by_name);
  if (wrong == exports.end()) return;
  defects.push_back({.id = DefectId::exports_unsorted,
                     .name = fmt::format("__ksymtab{}", suffix),
                     .detail = fmt::format("the exports of __ksymtab{} are not sorted: {} comes too late",
                                           suffix, wrong->name)});
}

}  // namespace

void read_exports(const Object& object, ModuleImage& image) {
  for (const Table& which : tables) {
    auto exports = read_table(object, which);
    if (!exports) {
      image.defects.push_back({.id = DefectId::exports_damaged, .detail = exports.error().message});
      continue;
    }
    check_order(which.suffix, *exports, image.defects);
    std::move(exports->begin(), exports->end(), std::back_inserter(image.exports));
  }
}

}  // namespace kpkg::elf
