// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/build_salt.hpp"

#include "archive/compression.hpp"
#include "elf/object.hpp"
#include "kernel/module_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;
constexpr std::uint32_t type_of_salt = 0x100;

std::size_t aligned(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

/// The bytes of a module; empty: it is a link to nowhere, or damaged.
Result<std::string> module_bytes(const system::Root& root, const std::string& path) {
  const auto file = KPKG_TRY(root.read_if_present(path, largest_module));
  auto bytes = archive::decompress(file.value_or(""), largest_module);
  return bytes ? *std::move(bytes) : std::string();
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
  for (const auto& name : KPKG_TRY(kernel::present_modules(root, module_directory))) {
    const auto bytes = KPKG_TRY(module_bytes(root, fmt::format("{}/{}", module_directory, name)));
    const auto object = elf::read_object(bytes);
    if (!object.is_readable) continue;
    const auto found = std::find_if(object.sections.begin(), object.sections.end(),
                                    [](const auto& section) { return section.name == ".note.Linux"; });
    return found == object.sections.end() ? std::nullopt : salt_in(found->bytes);
  }
  return std::optional<std::string>{};
}

}  // namespace kpkg::tree
