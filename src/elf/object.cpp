// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/object.hpp"

#include "elf/damage.hpp"
#include "elf/header.hpp"
#include "elf/object_reader.hpp"

#include <fmt/format.h>

namespace kpkg::elf {

Result<Object> read_object(std::string_view bytes) {
  const Header header = KPKG_TRY(read_header(bytes));
  const ElfHandle handle = KPKG_TRY(open_elf(bytes));
  Object object{.architecture = header.architecture, .sections = {}, .symbols = {}, .relocations = {}};
  object.sections = KPKG_TRY(read_sections(*handle, header, bytes));
  object.symbols = KPKG_TRY(read_symbols(*handle, object.sections));
  object.relocations = KPKG_TRY(read_relocations(*handle, object));
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
