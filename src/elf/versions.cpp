// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/facts.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <string>

namespace kpkg::elf {
namespace {

constexpr std::size_t record_size = 64;

std::vector<SymbolVersion> basic_versions(const ObjectSection& section, const Architecture& architecture,
                                          std::vector<Defect>& defects) {
  const unsigned word = word_size(architecture.elf_class);
  std::vector<SymbolVersion> versions;
  const std::size_t count =
      section.bytes.size() / record_size;  // as the kernel counts: a remainder is not looked at
  for (std::size_t index = 0; index < count; ++index) {
    const std::string_view record = section.bytes.substr(index * record_size, record_size);
    const std::string_view name = record.substr(word);
    const std::size_t end = name.find('\0');
    if (end == std::string_view::npos) {
      defects.push_back(
          {.id = DefectId::versions_unterminated,
           .numbers = {index},
           .detail = fmt::format("the symbol of record {} of __versions fills its {} bytes without NUL",
                                 index, name.size())});
      continue;
    }
    versions.push_back({.symbol = std::string(name.substr(0, end)),
                        .crc = number_at(record, 0, word, architecture.byte_order)});
  }
  return versions;
}

std::vector<SymbolVersion> extended_versions(const ObjectSection& crcs, const ObjectSection& names,
                                             ByteOrder order, std::vector<Defect>& defects) {
  constexpr unsigned crc_size = 4;
  std::vector<SymbolVersion> versions;
  std::size_t start = 0;
  for (std::size_t index = 0; index < crcs.bytes.size() / crc_size; ++index) {
    const std::size_t end = names.bytes.find('\0', start);
    if (end == std::string_view::npos) {
      defects.push_back({.id = DefectId::extended_versions_short,
                         .numbers = {index, crcs.bytes.size() / crc_size},
                         .detail = fmt::format("__version_ext_names ends before name {} of {}", index,
                                               crcs.bytes.size() / crc_size)});
      break;
    }
    versions.push_back({.symbol = std::string(names.bytes.substr(start, end - start)),
                        .crc = number_at(crcs.bytes, index * crc_size, crc_size, order)});
    start = end + 1;
  }
  return versions;
}

}  // namespace

void read_versions(const Object& object, ModuleImage& image) {
  const std::size_t basic = find_section(object, "__versions");
  if (basic != 0) {
    image.has_versions = true;
    auto section = object.sections[basic];
    // The kernel reads what lies at its place in the file, whatever the type of the section.
    if (section.bytes.empty()) section.bytes = section.stored;
    image.versions = basic_versions(section, object.architecture, image.defects);
  }
  const std::size_t crcs = find_section(object, "__version_ext_crcs");
  const std::size_t names = find_section(object, "__version_ext_names");
  if ((crcs == 0) != (names == 0)) {
    image.defects.push_back(
        {.id = DefectId::extended_versions_unpaired,
         .detail =
             fmt::format("there is {} without {}", crcs != 0 ? "__version_ext_crcs" : "__version_ext_names",
                         crcs != 0 ? "__version_ext_names" : "__version_ext_crcs")});
  } else if (crcs != 0) {
    image.has_extended_versions = true;
    image.extended_versions = extended_versions(object.sections[crcs], object.sections[names],
                                                object.architecture.byte_order, image.defects);
  }
}

}  // namespace kpkg::elf
