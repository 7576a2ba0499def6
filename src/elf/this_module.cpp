// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/facts.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace kpkg::elf {
namespace {

constexpr std::string_view section_name = ".gnu.linkonce.this_module";

/// The name inside, which follows an int and a list head; nothing if a randomised layout has something else
/// there. Source: linux include/linux/module.h, struct module; MODULE_NAME_LEN is 64 less a word.
std::string name_inside(const ObjectSection& section, ElfClass elf_class) {
  const std::size_t offset = elf_class == ElfClass::elf64 ? 24 : 12;
  const std::size_t length = 64 - word_size(elf_class);
  if (section.bytes.size() < offset + length) return {};
  const std::string_view field = section.bytes.substr(offset, length);
  const std::size_t end = field.find('\0');
  if (end == std::string_view::npos) return {};
  const std::string_view name = field.substr(0, end);
  const bool is_text = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return is_text ? std::string(name) : std::string();
}

bool is_nameless(const ObjectSection& section, ElfClass elf_class) {
  const std::size_t offset = elf_class == ElfClass::elf64 ? 24 : 12;
  const std::size_t length = 64 - word_size(elf_class);
  const auto field = section.bytes.substr(std::min(offset, section.bytes.size()), length);
  return field.size() == length && field.find_first_not_of('\0') == std::string_view::npos;
}

/// What kernels since 6.4 demand of the section, and older ones need without looking.
void check_section(const Object& object, std::size_t index, std::vector<Defect>& defects) {
  const auto count = std::count_if(object.sections.begin(), object.sections.end(),
                                   [](const ObjectSection& each) { return each.name == section_name; });
  if (count > 1) {
    defects.push_back({.id = DefectId::this_module_twice,
                       .numbers = {static_cast<std::uint64_t>(count)},
                       .detail = fmt::format("there are {} sections {}", count, section_name)});
  }
  if (count > 0 && index == 0) {
    defects.push_back({.id = DefectId::this_module_without_memory,
                       .detail = fmt::format("section {} is not to be loaded", section_name)});
  }
  if (index == 0 || object.sections[index].type != type_no_bits) return;
  defects.push_back({.id = DefectId::this_module_without_bytes,
                     .detail = fmt::format("section {} is of type {}: it has no bytes in the file",
                                           section_name, object.sections[index].type)});
}

}  // namespace

void read_this_module(const Object& object, ModuleImage& image) {
  const std::size_t index = find_section(object, section_name);
  check_section(object, index, image.defects);
  if (index == 0) return;
  const ObjectSection& section = object.sections[index];
  ThisModule facts{.size = section.size,
                   .init_offset = {},
                   .exit_offset = {},
                   .name = name_inside(section, object.architecture.elf_class),
                   .is_nameless = is_nameless(section, object.architecture.elf_class)};
  const auto relocations = object.relocations.find(index);
  if (relocations != object.relocations.end()) {
    for (const Relocation& relocation : relocations->second) {
      const std::string_view symbol = object.symbols[relocation.symbol].name;
      if (symbol == "init_module") facts.init_offset = relocation.offset;
      if (symbol == "cleanup_module") facts.exit_offset = relocation.offset;
    }
  }
  image.this_module = std::move(facts);
}

}  // namespace kpkg::elf
