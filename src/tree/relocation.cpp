// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/relocation.hpp"

#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_makefile = 4U << 20;

/// Where header packages put their trees and their host tools.
constexpr std::array<std::string_view, 2> places = {"/usr/src", "/usr/lib"};

/// The files that kbuild reads first in Debian's trees.
constexpr std::array<std::string_view, 2> makefiles = {"/Makefile", "/.kernelvariables"};

bool is_of_name(char character) {
  const bool is_letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  return is_letter || (character >= '0' && character <= '9') ||
         std::string_view("_.+~-").find(character) != std::string_view::npos;
}

/// Whether a path begins at `at`, and not in the middle of another one: "$(prefix)/usr/src".
bool begins_there(std::string_view text, std::size_t at) {
  return at == 0 || std::string_view(" \t\n=\"'(,:;").find(text[at - 1]) != std::string_view::npos;
}

bool leads_to(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || !is_of_name(path[directory.size()]));
}

/// "/usr/src/linux-headers-6.1.0-56-common" of all that was unpacked.
Result<std::vector<std::string>> directories_of(const std::string& packages) {
  std::vector<std::string> directories;
  for (const auto place : places) {
    const auto entries = KPKG_TRY(system::list_directory(fmt::format("{}{}", packages, place)));
    if (!entries) continue;
    for (const auto& entry : *entries) directories.push_back(fmt::format("{}/{}", place, entry.name));
  }
  return directories;
}

Status relocate_file(const std::string& file, const std::vector<std::string>& directories,
                     std::string_view top) {
  const auto status = KPKG_TRY(system::status_of(file));
  if (!status || status->type != system::FileType::regular) return {};
  const auto text = KPKG_TRY(system::read_file(file, largest_makefile));
  const auto changed = relocated(text, directories, top);
  return changed == text ? Status{} : system::write_file(file, changed, status->mode);
}

}  // namespace

std::string relocated(std::string_view text, const std::vector<std::string>& directories,
                      std::string_view top) {
  std::string changed;
  std::size_t taken = 0;
  for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/', slash + 1)) {
    const bool is_private = begins_there(text, slash) &&
                            std::any_of(directories.begin(), directories.end(), [&](const auto& directory) {
                              return leads_to(text.substr(slash), directory);
                            });
    if (!is_private) continue;
    changed.append(text.substr(taken, slash - taken)).append(top);
    taken = slash;
  }
  return changed.append(text.substr(taken));
}

Status relocate_packages(const std::string& packages, std::string_view top) {
  const auto directories = KPKG_TRY(directories_of(packages));
  for (const auto& directory : directories)
    for (const auto name : makefiles)
      KPKG_TRY(relocate_file(fmt::format("{}{}{}", packages, directory, name), directories, top));
  return {};
}

}  // namespace kpkg::tree
