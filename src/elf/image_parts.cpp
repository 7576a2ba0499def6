// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_parts.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"
#include "elf/section_table.hpp"

#include <algorithm>

namespace kpkg::elf {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_certificates = 256;
constexpr std::string_view elf_magic =
    "\x7f"
    "ELF"sv;

std::string_view in_order(ByteOrder order, std::string_view little, std::string_view big) {
  return order == ByteOrder::little ? little : big;
}

/// The size of the BTF that begins here; 0: none does.
std::size_t btf_size(std::string_view bytes, ByteOrder order) {
  constexpr std::uint64_t shortest_header = 24;
  constexpr std::uint64_t longest_header = 64;  // 7.x adds members
  if (bytes.size() < shortest_header) return 0;
  const auto number = [&](std::uint64_t offset) { return number_at(bytes, offset, 4, order); };
  const std::uint64_t header = number(4);
  const std::uint64_t types_end = number(8) + number(12);
  const std::uint64_t names_begin = number(16);
  const std::uint64_t names = number(20);
  if (header < shortest_header || header > longest_header || header % 4 != 0) return 0;
  if (number(12) == 0 || names == 0 || names_begin < types_end) return 0;
  const std::uint64_t size = header + names_begin + names;
  if (size > bytes.size()) return 0;
  const auto text = bytes.substr(header + names_begin, names);
  return text.front() == '\0' && text.back() == '\0' ? size : 0;
}

/// The largest BTF in memory: others could be a module's or a test's.
std::optional<std::string_view> find_btf(std::string_view memory, ByteOrder order) {
  const auto magic = in_order(order, "\x9f\xeb\x01"sv, "\xeb\x9f\x01"sv);
  std::optional<std::string_view> best;
  for (auto hit = memory.find(magic); hit != std::string_view::npos; hit = memory.find(magic, hit + 1)) {
    const std::size_t size = btf_size(memory.substr(hit), order);
    if (size > 0 && (!best || size > best->size())) best = memory.substr(hit, size);
  }
  return best;
}

/// Where a shared object that is part of the kernel (the vDSO) ends, if one begins here; it has a build id of
/// its own.
std::size_t end_of_object(std::string_view memory, std::size_t begin) {
  MemorySource source(memory.substr(begin));
  const auto table = read_section_table(source);
  std::uint64_t end = 64;
  if (table)
    for (const PlacedSection& section : table->sections) end = std::max(end, section.offset + section.size);
  return begin + end;
}

struct Note {
  std::string_view bytes;
  std::size_t place = 0;
};

/// Build ids in notes or in memory: "GNU", type 3, 16 or 20 bytes.
std::vector<Note> find_build_ids(std::string_view memory, ByteOrder order) {
  constexpr std::size_t header = 16;
  const auto name = in_order(order, "\x03\0\0\0GNU\0"sv, "\0\0\0\x03GNU\0"sv);
  std::vector<Note> found;
  for (auto hit = memory.find(name); hit != std::string_view::npos; hit = memory.find(name, hit + 1)) {
    if (hit < 8 || number_at(memory, hit - 8, 4, order) != 4) continue;
    const auto size = number_at(memory, hit - 4, 4, order);
    if ((size == 16 || size == 20) && fits(hit - 8 + header, size, memory.size()) && found.size() < 64)
      found.push_back({.bytes = memory.substr(hit - 8 + header, size), .place = hit});
  }
  return found;
}

/// The one build id of memory that is in no shared object.
std::optional<std::string_view> own_build_id(std::string_view memory, ByteOrder order) {
  auto notes = find_build_ids(memory, order);
  constexpr int most_objects = 16;  // 2 or 3 vDSOs
  auto hit = memory.find(elf_magic);
  for (int count = 0; count < most_objects && hit != std::string_view::npos; ++count) {
    const std::size_t end = end_of_object(memory, hit);
    const auto is_inside = [&](const Note& note) { return note.place > hit && note.place < end; };
    notes.erase(std::remove_if(notes.begin(), notes.end(), is_inside), notes.end());
    hit = memory.find(elf_magic, hit + 1);
  }
  const bool is_one = !notes.empty() && std::all_of(notes.begin(), notes.end(), [&](const Note& note) {
    return note.bytes == notes.front().bytes;
  });
  return is_one ? std::optional(notes.front().bytes) : std::nullopt;
}

/// The size of the certificate that begins here, by its form: SEQUENCE { SEQUENCE { [0] { version 3 },
/// INTEGER. 0: none does. Real ones have 500 to 3,000 bytes, so their lengths have two.
std::size_t certificate_size(std::string_view bytes) {
  constexpr std::string_view sequence = "\x30\x82"sv;
  constexpr std::string_view version_and_serial = "\xa0\x03\x02\x01\x02\x02"sv;
  constexpr std::size_t header = 4;
  if (bytes.size() < 2 * header + version_and_serial.size() || bytes.substr(header, 2) != sequence) return 0;
  if (bytes.substr(2 * header, version_and_serial.size()) != version_and_serial) return 0;
  const auto length = [&](std::size_t offset) { return number_at(bytes, offset, 2, ByteOrder::big); };
  const std::size_t size = header + length(2);
  return header + length(header + 2) < size - header && size <= bytes.size() ? size : 0;
}

void find_certificates(std::string_view memory, std::vector<std::string_view>& found) {
  constexpr std::string_view sequence = "\x30\x82"sv;
  auto hit = memory.find(sequence);
  while (hit != std::string_view::npos && found.size() < most_certificates) {
    const std::size_t size = certificate_size(memory.substr(hit));
    if (size > 0) found.push_back(memory.substr(hit, size));
    hit = memory.find(sequence, hit + std::max<std::size_t>(size, 1));
  }
}

ImageParts parts_by_sections(std::string_view image) {
  ImageParts parts;
  MemorySource source(image);
  const auto table = read_section_table(source);
  if (!table) return parts;
  for (const PlacedSection& section : table->sections) {
    if (section.size == 0) continue;
    const auto bytes = image.substr(section.offset, section.size);
    if (section.name == ".BTF") parts.btf = bytes;
    if (section.name == ".notes" && !parts.build_id)
      parts.build_id = own_build_id(bytes, table->architecture.byte_order);
    // The list is in .init.rodata, which linkers put into .init.data.
    if (section.name.starts_with(".init.") && section.name != ".init.text")
      find_certificates(bytes, parts.certificates);
  }
  return parts;
}

}  // namespace

ImageParts image_parts(std::string_view image, ByteOrder order) {
  if (image.starts_with(elf_magic)) return parts_by_sections(image);
  ImageParts parts{.btf = find_btf(image, order), .build_id = own_build_id(image, order)};
  find_certificates(image, parts.certificates);
  return parts;
}

}  // namespace kpkg::elf
