// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/section_table.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::elf {
namespace {

constexpr std::uint32_t type_null = 0;           // SHT_NULL
constexpr std::uint32_t type_without_bytes = 8;  // SHT_NOBITS
constexpr std::size_t longest_name = 256;

/// What the ELF header says of the section headers.
struct Place {
  Architecture architecture;
  std::uint16_t type = 0;
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
  std::uint64_t entry_size = 0;
  std::uint64_t name_table = 0;
};

Result<Architecture> read_identification(std::string_view header) {
  if (!header.starts_with("\x7f"
                          "ELF"))
    return damaged("the bytes do not begin with \\x7fELF");
  const int elf_class = header[4];
  const int order = header[5];
  if ((elf_class != 1 && elf_class != 2) || (order != 1 && order != 2))
    return damaged(fmt::format("the ELF class is {} and the byte order {}", elf_class, order));
  Architecture architecture{.machine = 0,
                            .elf_class = elf_class == 1 ? ElfClass::elf32 : ElfClass::elf64,
                            .byte_order = order == 1 ? ByteOrder::little : ByteOrder::big};
  architecture.machine = static_cast<std::uint16_t>(number_at(header, 18, 2, architecture.byte_order));
  return architecture;
}

Result<Place> read_place(ByteSource& source) {
  constexpr std::uint64_t header32 = 52;
  constexpr std::uint64_t header64 = 64;
  if (source.size() < header32) return damaged("the ELF header is cut off");
  const auto header = KPKG_TRY(source.at(0, std::min(header64, source.size())));
  const auto architecture = KPKG_TRY(read_identification(header));
  const bool is_64 = architecture.elf_class == ElfClass::elf64;
  if (is_64 && header.size() < header64) return damaged("the ELF header is cut off");
  const auto number = [&](std::uint64_t offset, unsigned width) {
    return number_at(header, offset, width, architecture.byte_order);
  };
  const std::uint64_t sizes_at = is_64 ? 58 : 46;
  return Place{.architecture = architecture,
               .type = static_cast<std::uint16_t>(number(16, 2)),
               .offset = is_64 ? number(40, 8) : number(32, 4),
               .count = number(sizes_at + 2, 2),
               .entry_size = number(sizes_at, 2),
               .name_table = number(sizes_at + 4, 2)};
}

/// One record; its name is still the offset of the name.
PlacedSection read_record(std::string_view record, const Architecture& architecture) {
  const unsigned word = word_size(architecture.elf_class);
  const auto number = [&](std::uint64_t offset, unsigned width) {
    return number_at(record, offset, width, architecture.byte_order);
  };
  const std::uint64_t rest = 8 + 4 * std::uint64_t{word};  // behind name, type, flags, address, offset, size
  PlacedSection section{.name = {},
                        .type = static_cast<std::uint32_t>(number(4, 4)),
                        .flags = number(8, word),
                        .address = number(8 + word, word),
                        .offset = number(8 + 2 * std::uint64_t{word}, word),
                        .size = number(8 + 3 * std::uint64_t{word}, word),
                        .link = static_cast<std::uint32_t>(number(rest, 4)),
                        .info = static_cast<std::uint32_t>(number(rest + 4, 4))};
  if (section.type == type_null || section.type == type_without_bytes) section.size = 0;
  return section;
}

std::string_view name_in(std::string_view names, std::uint64_t offset) {
  if (offset >= names.size()) return {};
  const auto text = names.substr(offset, longest_name);
  const auto end = text.find('\0');
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

Status check_bounds(const PlacedSection& section, std::size_t index, std::uint64_t total) {
  if (fits(section.offset, section.size, total)) return {};
  return damaged(fmt::format("section {} (offset {}, size {}) ends past the {} bytes of the file", index,
                             section.offset, section.size, total));
}

}  // namespace

const PlacedSection* SectionTable::find(std::string_view name) const {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const PlacedSection& section) {
    return section.size > 0 && section.name == name;
  });
  return found == sections.end() ? nullptr : &*found;
}

Result<SectionTable> read_section_table(ByteSource& source) {
  const auto place = KPKG_TRY(read_place(source));
  const std::uint64_t record_size = place.architecture.elf_class == ElfClass::elf64 ? 64 : 40;
  if (place.count == 0 || place.entry_size != record_size || place.name_table >= place.count)
    return damaged(fmt::format("there are {} section headers of {} bytes, and the names are in section {}",
                               place.count, place.entry_size, place.name_table));
  if (!fits(place.offset, place.count * record_size, source.size()))
    return damaged(fmt::format("{} section headers at offset {} end past the {} bytes of the file",
                               place.count, place.offset, source.size()));
  const auto records = KPKG_TRY(source.at(place.offset, place.count * record_size));
  SectionTable table{.architecture = place.architecture, .type = place.type, .sections = {}};
  table.sections.reserve(place.count);
  for (std::size_t index = 0; index < place.count; ++index) {
    table.sections.push_back(
        read_record(records.substr(index * record_size, record_size), place.architecture));
    KPKG_TRY(check_bounds(table.sections.back(), index, source.size()));
  }
  const auto names = KPKG_TRY(bytes_of(source, table.sections[place.name_table]));
  for (std::size_t index = 0; index < place.count; ++index)
    table.sections[index].name =
        name_in(names, number_at(records, index * record_size, 4, place.architecture.byte_order));
  return table;
}

Result<std::string_view> bytes_of(ByteSource& source, const PlacedSection& section) {
  return source.at(section.offset, section.size);
}

}  // namespace kpkg::elf
