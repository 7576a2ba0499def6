// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/flat_tables.hpp"

#include "elf/flat_places.hpp"
#include "elf/number.hpp"

#include <algorithm>

namespace kpkg::elf {
namespace {

constexpr std::uint64_t reach = 4U << 20;    // names are in one section, 300 kB long in 7.2
constexpr std::uint64_t most_padding = 256;  // between two tables
constexpr std::size_t fewest_known = 8;      // names that modules demand in a table that is believed

/// Some entries of one shape in a row, by the offset of the first one's name field.
struct Run {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::size_t known = 0;  ///< of them are names that modules demand
};

/// Looks for the longest table of one shape. Guards the time that looking may take.
class TableSearch {
 public:
  TableSearch(std::string_view image, const ImageMemory& memory, const KnownPlaces& places,
              std::uint64_t base, EntryShape shape)
      : image_(image),
        memory_(memory),
        places_(places),
        base_(base),
        shape_(shape),
        effort_(16 * image.size()) {}

  /// The run with the most known names.
  Run longest();

 private:
  std::optional<std::uint64_t> target(std::uint64_t field) const;
  bool is_text_near(std::uint64_t field, std::uint64_t near, std::size_t fewest);
  bool is_entry(std::uint64_t field, std::uint64_t near);
  Run grow(std::uint64_t hit);

  std::string_view image_;
  const ImageMemory& memory_;
  const KnownPlaces& places_;
  std::uint64_t base_;
  EntryShape shape_;
  std::uint64_t effort_;  ///< bytes of texts that may still be looked at
};

/// The offset that a field points to.
std::optional<std::uint64_t> TableSearch::target(std::uint64_t field) const {
  const auto address = target_of(memory_, base_ + field, shape_);
  if (!address || *address < base_ || *address - base_ >= image_.size()) return std::nullopt;
  return *address - base_;
}

bool TableSearch::is_text_near(std::uint64_t field, std::uint64_t near, std::size_t fewest) {
  const auto place = target(field);
  if (!place || (*place > near ? *place - near : near - *place) > reach) return false;
  const auto text = memory_.text(base_ + *place);
  const std::uint64_t cost = text ? text->size() + 1 : longest_symbol;
  if (cost > effort_) return false;
  effort_ -= cost;
  return text && text->size() >= fewest && is_symbol_text(*text);
}

/// Whether an entry can be here whose names are near `near`.
bool TableSearch::is_entry(std::uint64_t field, std::uint64_t near) {
  if (!is_text_near(field, near, 1)) return false;
  if (shape_.fields == 2) return true;
  const std::uint64_t name_space = field + shape_.field_size;
  return memory_.number(base_ + name_space, shape_.field_size) == 0 || is_text_near(name_space, near, 0);
}

Run TableSearch::grow(std::uint64_t hit) {
  const std::uint64_t step = shape_.entry_size();
  const std::uint64_t near = target(hit).value_or(0);
  Run run{.first = hit, .count = 1, .known = 1};
  while (run.first >= step + shape_.field_size && is_entry(run.first - step, near)) {
    run.first -= step;
    ++run.count;
  }
  for (std::uint64_t next = hit + step; is_entry(next, near); next += step) {
    ++run.count;
    if (places_.has(*target(next))) ++run.known;
  }
  return run;
}

Run TableSearch::longest() {
  const std::uint64_t step = shape_.entry_size();
  std::vector<std::uint64_t> done(step);  // by the offset in an entry: where the last run ended
  Run best;
  for (std::uint64_t field = shape_.field_size; field + shape_.field_size <= image_.size();
       field += shape_.field_size) {
    if (field < done[field % step]) continue;
    const auto place = target(field);
    if (!place || !places_.has(*place) || !is_entry(field, *place)) continue;
    const Run run = grow(field);
    done[field % step] = run.first + run.count * step;
    if (run.known > best.known) best = run;
  }
  return best;
}

/// Where the names of a run descend: there another table begins.
std::vector<std::size_t> descents(const std::vector<ExportedSymbol>& symbols) {
  std::vector<std::size_t> found;
  for (std::size_t index = 1; index < symbols.size(); ++index)
    if (symbols[index].name < symbols[index - 1].name) found.push_back(index);
  return found;
}

/// Removes words in front of and behind the tables that happened to look like entries.
std::uint64_t drop_noise(std::vector<ExportedSymbol>& symbols) {
  const std::size_t little = symbols.size() / 64;
  auto breaks = descents(symbols);
  std::size_t begin = 0;
  std::size_t end = symbols.size();
  while (!breaks.empty() && breaks.front() - begin <= little) {
    begin = breaks.front();
    breaks.erase(breaks.begin());
  }
  while (!breaks.empty() && end - breaks.back() <= little) {
    end = breaks.back();
    breaks.pop_back();
  }
  symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(end), symbols.end());
  symbols.erase(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(begin));
  return begin;
}

/// Takes the CRCs that follow `end`, if the modules have any; returns where they end. Nothing: there are none
/// that agree.
std::optional<std::uint64_t> take_following_crcs(const ImageMemory& memory, std::uint64_t end,
                                                 const DemandIndex& demands,
                                                 std::vector<ExportedSymbol>& symbols) {
  const auto has_crc = [&](const ExportedSymbol& symbol) {
    const Demand* const demand = demands.find(symbol.name);
    return demand != nullptr && demand->crc;
  };
  if (std::none_of(symbols.begin(), symbols.end(), has_crc)) return end;
  for (std::uint64_t padding = 0; padding < most_padding; padding += 4)
    if (take_crcs(memory, end + padding, demands, symbols)) return end + padding + 4 * symbols.size();
  return std::nullopt;
}

/// Says which of the symbols are GPL-only: those behind the descent, or those with a flag (since 7.1).
bool mark_gpl_only(const ImageMemory& memory, std::uint64_t end, std::vector<ExportedSymbol>& symbols) {
  const auto breaks = descents(symbols);
  if (breaks.size() > 1) return false;
  if (breaks.size() == 1) {
    for (std::size_t index = breaks.front(); index < symbols.size(); ++index) symbols[index].gpl_only = true;
    return true;
  }
  for (std::uint64_t padding = 0; padding < most_padding; ++padding)
    if (take_flags(memory, end + padding, symbols)) return true;
  return false;
}

std::optional<ImageExports> exports_of_shape(std::string_view image, const Architecture& architecture,
                                             const KnownPlaces& places, const DemandIndex& demands,
                                             std::uint64_t base, EntryShape shape) {
  const ImageMemory memory(architecture, {{.address = base, .bytes = image}});
  const Run run = TableSearch(image, memory, places, base, shape).longest();
  if (run.known < fewest_known) return std::nullopt;
  ExportTable table{.address = base + run.first - shape.field_size, .count = run.count, .shape = shape};
  auto symbols = read_export_table(memory, table);
  if (!symbols) return std::nullopt;
  table.address += drop_noise(*symbols) * shape.entry_size();
  table.count = symbols->size();
  const auto end = take_following_crcs(memory, table.end(), demands, *symbols);
  if (!end || !mark_gpl_only(memory, *end, *symbols)) return std::nullopt;
  return ImageExports{.symbols = std::move(*symbols), .method = "tables found in its memory"};
}

}  // namespace

Result<ImageExports> exports_in_memory(std::string_view image, const Architecture& architecture,
                                       const DemandIndex& demands) {
  const KnownPlaces places(image, demands);
  std::optional<std::uint64_t>
      base;  // of absolute addresses; asked for only when relative ones are not found
  for (const bool is_relative : {true, false}) {
    if (!is_relative) base = voted_base(image, architecture, places);
    if (!is_relative && !base) break;
    for (const EntryShape& shape : entry_shapes(architecture)) {
      if (shape.is_relative != is_relative) continue;
      auto found = exports_of_shape(image, architecture, places, demands, base.value_or(0), shape);
      if (found) return std::move(*found);
    }
  }
  return fail(ErrorKind::corrupt,
              "no table of exported symbols was found in the image that agrees with the modules");
}

}  // namespace kpkg::elf
