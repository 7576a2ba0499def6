// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace kpkg::elf {

namespace {

/// How many there are, allocated or not: newer kernels count them all.
void check_alone(const Object& object, std::vector<Defect>& defects) {
  const auto count = std::count_if(object.sections.begin(), object.sections.end(),
                                   [](const ObjectSection& section) { return section.name == ".modinfo"; });
  if (count <= 1) return;
  defects.push_back({.id = DefectId::modinfo_twice,
                     .numbers = {static_cast<std::uint64_t>(count)},
                     .detail = fmt::format("there are {} sections .modinfo", count)});
}

/// The text of the section and, if it does not end there, the rest of its last text.
std::string_view text_of(const Object& object, const ObjectSection& section, std::vector<Defect>& defects) {
  // The kernel reads what lies at its place in the file, whatever the type of the section.
  const std::string_view bytes = section.stored.empty() ? section.bytes : section.stored;
  if (bytes.empty() || bytes.back() == '\0') return bytes;
  defects.push_back(
      {.id = DefectId::modinfo_unterminated,
       .detail = fmt::format("the last text of .modinfo ({} bytes) does not end with NUL", bytes.size())});
  if (object.file.empty()) return bytes;  // of a file that is read in parts
  const auto start = static_cast<std::size_t>(bytes.data() - object.file.data());
  const auto end = object.file.find('\0', start + bytes.size());
  return object.file.substr(start, end == std::string_view::npos ? end : end + 1 - start);
}

}  // namespace

void read_modinfo(const Object& object, ModuleImage& image) {
  check_alone(object, image.defects);
  std::size_t index = find_section(object, ".modinfo");
  if (index == 0) {
    const auto found = std::find_if(object.sections.begin(), object.sections.end(),
                                    [](const ObjectSection& section) { return section.name == ".modinfo"; });
    if (found == object.sections.end()) return;
    index = static_cast<std::size_t>(found - object.sections.begin());
    image.hides_modinfo = true;
  }
  const std::string_view bytes = text_of(object, object.sections[index], image.defects);
  std::size_t start = 0;
  while (start < bytes.size()) {
    const std::size_t end = std::min(bytes.find('\0', start), bytes.size());
    const std::string_view text = bytes.substr(start, end - start);
    const std::size_t equals = text.find('=');
    // Padding is empty; a text without "=" matches no key of the kernel.
    if (equals != std::string_view::npos) {
      image.modinfo.push_back(
          {.key = std::string(text.substr(0, equals)), .value = std::string(text.substr(equals + 1))});
    }
    start = end + 1;
  }
}

}  // namespace kpkg::elf
