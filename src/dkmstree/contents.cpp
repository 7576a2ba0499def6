// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/contents.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmstree {
namespace {

using Entries = std::vector<system::DirectoryEntry>;

constexpr std::string_view dependency_prefix = ".dep_";
constexpr std::string_view origin_suffix = ".origin";
constexpr std::uint64_t longest_line = 4096;  // a path or a version

Result<Entries> entries_of(const system::Root& root, const std::string& directory) {
  auto entries = KPKG_TRY(root.list(directory));
  return std::move(entries).value_or(Entries{});
}

bool has(const Entries& entries, std::string_view name) {
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.name == name; });
}

Result<std::string> first_line(const system::Root& root, const std::string& path) {
  const auto text = KPKG_TRY(root.read(path, longest_line));
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::optional<std::string> module_of_file(std::string_view name) {
  for (const std::string_view end : {".ko", ".ko.gz", ".ko.xz", ".ko.zst"})
    if (name.size() > end.size() && name.ends_with(end))
      return std::string(name.substr(0, name.size() - end.size()));
  return std::nullopt;
}

Result<Contents> read_contents(const system::Root& root, const std::string& directory) {
  Contents contents;
  for (const auto& entry : KPKG_TRY(entries_of(root, directory + "/module"))) {
    if (entry.name == "Module.symvers") contents.has_symvers = true;
    if (module_of_file(entry.name)) contents.modules.push_back(entry.name);
  }
  contents.has_log = has(KPKG_TRY(entries_of(root, directory + "/log")), "make.log");
  for (const auto& entry : KPKG_TRY(entries_of(root, directory))) {
    if (!entry.name.starts_with(dependency_prefix) || entry.type != system::FileType::regular) continue;
    auto version = KPKG_TRY(first_line(root, directory + "/" + entry.name));
    contents.dependencies.push_back({entry.name.substr(dependency_prefix.size()), std::move(version)});
  }
  return contents;
}

Result<std::vector<OriginalModule>> read_originals(const system::Root& root, const Places& places,
                                                   const std::string& module, const Target& target) {
  std::vector<OriginalModule> originals;
  const auto directory = places.originals_of(module, target);
  const auto entries = KPKG_TRY(entries_of(root, directory));
  for (const auto& entry : entries) {
    if (!module_of_file(entry.name) || entry.type != system::FileType::regular) continue;
    OriginalModule original{.path = directory + "/" + entry.name};
    if (has(entries, entry.name + std::string(origin_suffix)))
      original.origin = KPKG_TRY(first_line(root, original.path + std::string(origin_suffix)));
    originals.push_back(std::move(original));
  }
  return originals;
}

}  // namespace kpkg::dkmstree
