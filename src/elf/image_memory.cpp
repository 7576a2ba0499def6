// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/image_memory.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"

#include <algorithm>

namespace kpkg::elf {

namespace {

constexpr std::uint64_t flag_of_memory = 2;  // SHF_ALLOC

}  // namespace

ImageMemory::ImageMemory(Architecture architecture, std::vector<Part> parts)
    : architecture_(architecture), parts_(std::move(parts)) {
  std::stable_sort(parts_.begin(), parts_.end(),
                   [](const Part& left, const Part& right) { return left.address < right.address; });
}

const ImageMemory::Part* ImageMemory::part_of(std::uint64_t address) const {
  const auto next =
      std::upper_bound(parts_.begin(), parts_.end(), address,
                       [](std::uint64_t wanted, const Part& part) { return wanted < part.address; });
  return next == parts_.begin() ? nullptr : &*std::prev(next);
}

std::optional<std::string_view> ImageMemory::bytes(std::uint64_t address, std::uint64_t size) const {
  const Part* const part = part_of(address);
  if (part == nullptr || !fits(address - part->address, size, part->bytes.size())) return std::nullopt;
  return part->bytes.substr(address - part->address, size);
}

std::optional<std::uint64_t> ImageMemory::number(std::uint64_t address, unsigned width) const {
  const auto found = bytes(address, width);
  if (!found) return std::nullopt;
  return number_at(*found, 0, width, architecture_.byte_order);
}

std::optional<std::string_view> ImageMemory::text(std::uint64_t address) const {
  const Part* const part = part_of(address);
  if (part == nullptr || address - part->address >= part->bytes.size()) return std::nullopt;
  const auto bytes = part->bytes.substr(address - part->address, longest_symbol + 1);
  const auto end = bytes.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return bytes.substr(0, end);
}

Result<ImageMemory> memory_of(MemorySource& source, const SectionTable& table) {
  std::vector<ImageMemory::Part> parts;
  for (const PlacedSection& section : table.sections) {
    if (section.size == 0 || (section.flags & flag_of_memory) == 0) continue;
    const auto bytes = KPKG_TRY(bytes_of(source, section));
    parts.push_back({.address = section.address, .bytes = bytes});
  }
  return ImageMemory(table.architecture, std::move(parts));
}

}  // namespace kpkg::elf
