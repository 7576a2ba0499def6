// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_exports.hpp"

#include "elf/damage.hpp"
#include "elf/export_table.hpp"
#include "elf/flat_tables.hpp"
#include "elf/image_memory.hpp"
#include "elf/section_table.hpp"

#include <fmt/format.h>

#include <array>

namespace kpkg::elf {
namespace {

tl::unexpected<Error> not_believed(std::string message) {
  return fail(ErrorKind::corrupt, std::move(message));
}

/// The table in `section`, of the first shape in which every entry names a symbol.
Result<std::vector<ExportedSymbol>> read_section(const ImageMemory& memory, const PlacedSection& section,
                                                 bool gpl_only) {
  for (const EntryShape& shape : entry_shapes(memory.architecture())) {
    if (section.size % shape.entry_size() != 0) continue;
    auto symbols = read_export_table(memory, {.address = section.address,
                                              .count = section.size / shape.entry_size(),
                                              .shape = shape,
                                              .gpl_only = gpl_only});
    if (symbols) return symbols;
  }
  return not_believed(
      fmt::format("the {} bytes of {} in the image have no known form", section.size, section.name));
}

/// The table with this suffix, its CRCs and flags.
Result<std::vector<ExportedSymbol>> read_suffix(const ImageMemory& memory, const SectionTable& sections,
                                                const DemandIndex& demands, std::string_view suffix) {
  const PlacedSection* const table = sections.find(fmt::format("__ksymtab{}", suffix));
  if (table == nullptr) return std::vector<ExportedSymbol>{};
  auto symbols = KPKG_TRY(read_section(memory, *table, suffix.ends_with("_gpl")));
  const PlacedSection* const crcs = sections.find(fmt::format("__kcrctab{}", suffix));
  if (crcs != nullptr && !take_crcs(memory, crcs->address, demands, symbols))
    return not_believed("the CRCs in the image are not those that the modules were built against");
  const PlacedSection* const flags = suffix.empty() ? sections.find("__kflagstab") : nullptr;
  if (flags != nullptr && !take_flags(memory, flags->address, symbols))
    return not_believed("__kflagstab of the image has no known form");
  return symbols;
}

Result<ImageExports> exports_by_sections(std::string_view image, const DemandIndex& demands) {
  MemorySource source(image);
  const auto sections = KPKG_TRY(read_section_table(source));
  const auto memory = KPKG_TRY(memory_of(source, sections));
  ImageExports answer{.symbols = {}, .method = "its sections"};
  // The second ended with 7.0, the others with 5.11.
  constexpr std::array<std::string_view, 5> suffixes = {"", "_gpl", "_unused", "_unused_gpl", "_gpl_future"};
  for (const auto suffix : suffixes) {
    auto symbols = KPKG_TRY(read_suffix(memory, sections, demands, suffix));
    std::move(symbols.begin(), symbols.end(), std::back_inserter(answer.symbols));
  }
  if (answer.symbols.empty()) return not_believed("the image has no table of exported symbols");
  return answer;
}

}  // namespace

Result<ImageExports> image_exports(std::string_view image, const Architecture& architecture,
                                   std::span<const Demand> demands) {
  const DemandIndex index(demands);
  constexpr std::string_view magic =
      "\x7f"
      "ELF";
  auto found = image.starts_with(magic) ? exports_by_sections(image, index)
                                        : exports_in_memory(image, architecture, index);
  auto answer = KPKG_TRY(std::move(found));
  if (!index.agrees(answer.symbols))
    return not_believed("the CRCs in the image are not those that the modules were built against");
  return answer;
}

}  // namespace kpkg::elf
