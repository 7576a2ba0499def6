// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_parameters.hpp"

#include "elf/flat_parameters.hpp"
#include "elf/image_memory.hpp"
#include "elf/number.hpp"
#include "elf/section_table.hpp"

#include <set>

namespace kpkg::elf {
namespace {

using Parameters = std::optional<std::vector<BuiltInParameter>>;

Parameters parameters_by_sections(MemorySource& source) {
  const auto sections = read_section_table(source);
  if (!sections) return std::nullopt;
  const PlacedSection* const table = sections->find("__param");
  const auto memory = memory_of(source, *sections);
  if (table == nullptr || !memory) return std::nullopt;
  const ParameterShape shape{word_size(sections->architecture.elf_class)};
  if (table->size % shape.size() != 0) return std::nullopt;
  std::vector<BuiltInParameter> parameters;
  for (auto at = table->address; at < table->address + table->size; at += shape.size()) {
    const auto address = memory->number(at, shape.word);
    const auto permissions = memory->number(at + shape.permissions_at(), 2);
    const auto name = address ? memory->text(*address) : std::nullopt;
    if (!name || name->empty() || !permissions || *permissions > most_permissions) return std::nullopt;
    parameters.push_back({.name = *name, .is_shown = *permissions != 0});
  }
  return parameters;
}

/// What stands before the dot; parameters of the kernel as such have none, and a directory called "kernel".
std::string_view owner_of(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? "kernel" : name.substr(0, dot);
}

}  // namespace

std::optional<std::vector<std::string>> owners_of_parameters(std::string_view image,
                                                             const Architecture& architecture) {
  constexpr std::string_view magic =
      "\x7f"
      "ELF";
  MemorySource source(image);
  const auto parameters =
      image.starts_with(magic) ? parameters_by_sections(source) : parameters_in_memory(image, architecture);
  if (!parameters) return std::nullopt;
  std::set<std::string_view> owners;
  for (const auto& each : *parameters)
    if (each.is_shown) owners.insert(owner_of(each.name));
  return std::vector<std::string>(owners.begin(), owners.end());
}

}  // namespace kpkg::elf
