// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/object.hpp"

#include "elf/damage.hpp"
#include "elf/header.hpp"
#include "elf/object_reader.hpp"

#include <fmt/format.h>

namespace kpkg::elf {

Object read_object(std::string_view bytes) {
  Object object;
  object.file = bytes;
  const auto header = read_header(bytes, object.defects);
  if (!header) return object;
  object.architecture = header->architecture;
  object.is_readable = read_sections(*header, object);
  if (!object.is_readable) return object;
  check_sections(object);
  read_symbols(object);
  read_relocations(object);
  return object;
}

std::size_t find_section(const Object& object, std::string_view name) {
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    const ObjectSection& section = object.sections[index];
    if ((section.flags & flag_allocated) != 0 && section.name == name) return index;
  }
  return 0;
}

Result<std::string_view> text_at(const ObjectSection& section, std::uint64_t offset) {
  if (offset >= section.bytes.size()) {
    return damaged(fmt::format("text at offset {} lies outside section {} of {} bytes", offset, section.name,
                               section.bytes.size()));
  }
  // Far longer than any name of the kernel (KSYM_NAME_LEN is 512): a hostile file shall not make us read one
  // text a thousand times.
  constexpr std::size_t longest = 1024;
  const auto text = section.bytes.substr(offset, longest);
  const auto end = text.find('\0');
  if (end == std::string_view::npos) {
    return damaged(fmt::format("text at offset {} of section {} does not end within {} bytes", offset,
                               section.name, text.size()));
  }
  return text.substr(0, end);
}

}  // namespace kpkg::elf
