// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/damage.hpp"
#include "elf/facts.hpp"

#include <fmt/format.h>

#include <string>

namespace kpkg::elf {

Result<std::vector<ModinfoEntry>> read_modinfo(const Object& object) {
  std::vector<ModinfoEntry> entries;
  const std::size_t index = find_section(object, ".modinfo");
  if (index == 0) return entries;
  const std::string_view bytes = object.sections[index].bytes;
  if (!bytes.empty() && bytes.back() != '\0') {
    return damaged(fmt::format("the last text of .modinfo ({} bytes) does not end with NUL", bytes.size()));
  }
  std::size_t start = 0;
  while (start < bytes.size()) {
    const std::size_t end = bytes.find('\0', start);
    const std::string_view text = bytes.substr(start, end - start);
    const std::size_t equals = text.find('=');
    // Padding is empty; a text without "=" matches no key of the kernel.
    if (equals != std::string_view::npos) {
      entries.push_back(
          {.key = std::string(text.substr(0, equals)), .value = std::string(text.substr(equals + 1))});
    }
    start = end + 1;
  }
  return entries;
}

}  // namespace kpkg::elf
