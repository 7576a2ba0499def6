// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/damage.hpp"
#include "elf/number.hpp"
#include "elf/object_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace kpkg::elf {
namespace {

/// A section header as it stands in the file. Source: ELF gABI, "Section Header".
struct RawSection {
  std::uint32_t name = 0;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  std::uint32_t info = 0;
};

RawSection raw_section(std::string_view file, std::uint64_t at, const Architecture& architecture) {
  const unsigned word = word_size(architecture.elf_class);
  std::uint64_t place = at;
  const auto take = [&](unsigned width) {
    const auto value = number_at(file, place, width, architecture.byte_order);
    place += width;
    return value;
  };
  RawSection raw;
  raw.name = static_cast<std::uint32_t>(take(4));
  raw.type = static_cast<std::uint32_t>(take(4));
  raw.flags = take(word);
  raw.address = take(word);
  raw.offset = take(word);
  raw.size = take(word);
  raw.link = static_cast<std::uint32_t>(take(4));
  raw.info = static_cast<std::uint32_t>(take(4));
  return raw;
}

bool has_bytes(std::uint32_t type) {
  return type != type_null && type != type_no_bits;
}

ObjectSection section_of(const RawSection& raw, std::size_t index, Object& object) {
  const bool is_inside = fits(raw.offset, raw.size, object.file.size());
  ObjectSection section{.name = {},
                        .type = raw.type,
                        .flags = raw.flags,
                        .size = raw.size,
                        .link = raw.link,
                        .info = raw.info,
                        .bytes = {},
                        .stored = {}};
  if (is_inside) section.stored = object.file.substr(raw.offset, raw.size);
  if (has_bytes(raw.type)) section.bytes = section.stored;
  if (index == 0 && (raw.type != type_null || raw.size != 0 || raw.address != 0)) {
    object.defects.push_back({.id = DefectId::section_zero,
                              .numbers = {raw.type},
                              .detail = fmt::format("section 0 is not empty: type {}, size {}, address {}",
                                                    raw.type, raw.size, raw.address)});
  } else if (index != 0 && has_bytes(raw.type) && !is_inside) {
    object.defects.push_back(
        {.id = DefectId::section_outside,
         .numbers = {index, raw.type},
         .detail = fmt::format("section {} (offset {}, size {}) ends past the {} bytes of the file", index,
                               raw.offset, raw.size, object.file.size())});
  }
  return section;
}

/// Whether the names can be read at all; those who write modules demand more of them than kernels do.
bool check_name_table(const ObjectSection& table, Object& object) {
  auto& defects = object.defects;
  if (table.type != type_strings) {
    defects.push_back({.id = DefectId::name_table_type,
                       .numbers = {table.type},
                       .detail = fmt::format("the section names are in a section of type {}", table.type)});
  }
  if (table.size == 0) {
    defects.push_back(
        {.id = DefectId::name_table_empty, .detail = "the table of the section names is empty"});
    return false;
  }
  if (table.stored.empty()) {
    defects.push_back({.id = DefectId::name_table_outside,
                       .numbers = {table.type},
                       .detail = "the table of the section names lies outside the file"});
    return false;
  }
  if (table.stored.back() == '\0') return true;
  defects.push_back({.id = DefectId::name_table_unterminated,
                     .detail = "the table of the section names does not end with NUL"});
  return true;
}

void read_names(const std::vector<std::uint32_t>& offsets, std::string_view table, Object& object) {
  NameTable names(table);
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    ObjectSection& section = object.sections[index];
    if (names.has(offsets[index])) {
      section.name = names.name_at(offsets[index]);
      continue;
    }
    if (section.type == type_null) continue;  // its name means nothing
    const bool is_used = (section.flags & flag_allocated) != 0 && section.type != type_no_bits;
    object.defects.push_back(
        {.id = is_used ? DefectId::section_name_outside : DefectId::unused_section_name_outside,
         .numbers = {index, section.type},
         .detail = fmt::format("the name of section {} is at offset {} of a table of {} bytes", index,
                               offsets[index], table.size())});
  }
  if (!names.is_exhausted()) return;
  object.defects.push_back(
      {.id = DefectId::too_costly, .detail = "the section names overlap too much to be read"});
}

/// Sections that machines fill in themselves (PLTs): the kernel sets their flags before it looks.
bool is_of_machine(std::string_view name, std::uint16_t machine) {
  constexpr std::uint16_t x86_64 = 62;
  return machine != x86_64 &&
         (name.starts_with(".plt") || name.starts_with(".init.plt") || name.starts_with(".got") ||
          name == ".text.ftrace_trampoline" || name == ".init.text.ftrace_trampoline");
}

}  // namespace

std::string_view NameTable::name_at(std::uint64_t offset) {
  const auto rest = bytes_.substr(offset);
  const auto name = rest.substr(0, rest.find('\0'));
  if (name.size() > left_) {
    is_exhausted_ = true;
    left_ = 0;
    return {};
  }
  left_ -= name.size();
  return name;
}

bool read_sections(const Header& header, Object& object) {
  const std::uint64_t entry_size = header.architecture.elf_class == ElfClass::elf64 ? 64 : 40;
  std::vector<std::uint32_t> names;
  for (std::size_t index = 0; index < header.section_count; ++index) {
    const auto raw =
        raw_section(object.file, header.section_offset + index * entry_size, header.architecture);
    names.push_back(raw.name);
    object.sections.push_back(section_of(raw, index, object));
  }
  const ObjectSection& table = object.sections[header.name_table];
  if (!check_name_table(table, object)) return false;
  read_names(names, table.stored, object);
  return true;
}

void check_sections(Object& object) {
  std::set<std::string_view> names;
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    const ObjectSection& section = object.sections[index];
    const bool is_writable = (section.flags & flag_writable) != 0;
    const bool is_code = (section.flags & flag_executable) != 0;
    if (is_writable && is_code && !is_of_machine(section.name, object.architecture.machine)) {
      object.defects.push_back(
          {.id = DefectId::writable_code,
           .name = std::string(section.name),
           .numbers = {index},
           .detail = fmt::format("section {} is both writable and executable", section.name)});
    }
    if ((section.flags & flag_allocated) == 0 || section.size == 0) continue;
    if (names.insert(section.name).second) continue;
    object.defects.push_back({.id = DefectId::section_twice,
                              .name = std::string(section.name),
                              .detail = fmt::format("there are two sections {}", section.name)});
  }
  if (find_section(object, ".ctors") == 0 || find_section(object, ".init_array") == 0) return;
  object.defects.push_back(
      {.id = DefectId::constructors_twice, .detail = "the module has both .ctors and .init_array"});
}

}  // namespace kpkg::elf
