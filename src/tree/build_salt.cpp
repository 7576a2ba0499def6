// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/build_salt.hpp"

#include "archive/compression.hpp"
#include "elf/object.hpp"

#include <array>
#include <cstring>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;
constexpr std::uint32_t type_of_salt = 0x100;
constexpr std::size_t deepest = 16;  // directories below each other

std::size_t aligned(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

bool is_module(std::string_view name) {
  constexpr std::array<std::string_view, 4> endings = {".ko", ".ko.xz", ".ko.gz", ".ko.zst"};
  for (const auto ending : endings)
    if (name.ends_with(ending)) return true;
  return false;
}

/// The first module in `directory` or below it, by name.
Result<std::optional<std::string>> first_module(const system::Root& root, const std::string& directory,
                                                std::size_t depth) {
  const auto entries = KPKG_TRY(root.list(directory));
  if (!entries || depth == 0) return std::optional<std::string>{};
  for (const auto& entry : *entries) {
    const auto path = directory + "/" + entry.name;
    if (entry.type == system::FileType::regular && is_module(entry.name)) return std::optional(path);
    if (entry.type != system::FileType::directory) continue;
    auto found = KPKG_TRY(first_module(root, path, depth - 1));
    if (found) return found;
  }
  return std::optional<std::string>{};
}

}  // namespace

std::optional<std::string> salt_in(std::string_view notes) {
  using namespace std::string_view_literals;
  constexpr std::size_t header_size = 12;
  while (notes.size() >= header_size) {
    std::array<std::uint32_t, 3> header{};
    std::memcpy(header.data(), notes.data(), header_size);
    const auto [owner_size, size, type] = header;
    const auto start = header_size + aligned(owner_size);
    if (start > notes.size() || size > notes.size() - start) return std::nullopt;
    if (type == type_of_salt && notes.substr(header_size, owner_size) == "Linux\0"sv) {
      const auto text = notes.substr(start, size);
      const auto salt = text.substr(0, text.find('\0'));
      return salt.empty() ? std::nullopt : std::optional(std::string(salt));
    }
    notes.remove_prefix(std::min(start + aligned(size), notes.size()));
  }
  return std::nullopt;
}

Result<std::optional<std::string>> salt_of_modules(const system::Root& root,
                                                   const std::string& module_directory) {
  const auto path = KPKG_TRY(first_module(root, module_directory + "/kernel", deepest));
  if (!path) return std::optional<std::string>{};
  const auto file = KPKG_TRY(root.read(*path, largest_module));
  const auto bytes = archive::decompress(file, largest_module);
  if (!bytes) return std::optional<std::string>{};
  const auto object = elf::read_object(*bytes);
  for (const auto& section : object.sections)
    if (section.name == ".note.Linux") return salt_in(section.bytes);
  return std::optional<std::string>{};
}

}  // namespace kpkg::tree
