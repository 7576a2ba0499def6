// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_parameters.hpp"

#include "elf/image_memory.hpp"
#include "elf/number.hpp"
#include "elf/section_table.hpp"

#include <algorithm>
#include <set>

namespace kpkg::elf {
namespace {

constexpr std::uint64_t flag_of_memory = 2;  // SHF_ALLOC

/// The sections of a kernel that lie in its memory; nothing if one of them cannot be read.
std::optional<ImageMemory> memory_of(MemorySource& source, const SectionTable& table) {
  std::vector<ImageMemory::Part> parts;
  for (const PlacedSection& section : table.sections) {
    if (section.size == 0 || (section.flags & flag_of_memory) == 0) continue;
    const auto bytes = bytes_of(source, section);
    if (!bytes) return std::nullopt;
    parts.push_back({.address = section.address, .bytes = *bytes});
  }
  return ImageMemory(table.architecture, std::move(parts));
}

/// A struct kernel_param: the addresses of its name, its module and its functions, then 16 bits of
/// permissions, a level, flags, and one more address.
struct RecordShape {
  unsigned word;

  unsigned permissions_at() const { return 3 * word; }
  unsigned size() const { return 4 * word + (word == 8 ? 8 : 4); }
};

}  // namespace

std::optional<std::vector<std::string>> owners_of_parameters(std::string_view image) {
  MemorySource source(image);
  const auto sections = read_section_table(source);
  if (!sections) return std::nullopt;
  const PlacedSection* const table = sections->find("__param");
  const auto memory = memory_of(source, *sections);
  if (table == nullptr || !memory) return std::nullopt;
  const RecordShape shape{word_size(sections->architecture.elf_class)};
  if (table->size % shape.size() != 0) return std::nullopt;
  std::set<std::string_view> owners;
  for (auto at = table->address; at < table->address + table->size; at += shape.size()) {
    const auto address = memory->number(at, shape.word);
    const auto permissions = memory->number(at + shape.permissions_at(), 2);
    const auto name = address ? memory->text(*address) : std::nullopt;
    constexpr std::uint64_t most_permissions = 0777;
    if (!name || name->empty() || !permissions || *permissions > most_permissions) return std::nullopt;
    // Parameters of the kernel as such have no dot; their directory is called "kernel".
    const auto dot = name->find('.');
    if (*permissions != 0) owners.insert(dot == std::string_view::npos ? "kernel" : name->substr(0, dot));
  }
  return std::vector<std::string>(owners.begin(), owners.end());
}

}  // namespace kpkg::elf
