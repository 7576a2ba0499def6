// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/export_places.hpp"

#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_file = 32U << 20;
constexpr std::size_t deepest = 40;

/// Directories of a source from which nothing gets into a kernel or its modules, and arch/, of which one
/// does.
constexpr std::array<std::string_view, 8> passed_over = {"Documentation", "LICENSES", "arch",  "include",
                                                         "rust",          "samples",  "tools", "scripts"};

bool is_of_name(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

/// Goes through directories. Owns what was found.
class Scan {
 public:
  explicit Scan(const std::string& source) : source_(source) {}

  /// `path` is relative and ends with a slash; empty: the top.
  Status look_at(const std::string& path, std::size_t depth) {
    const auto entries = KPKG_TRY(system::list_directory(source_ + "/" + path));
    if (!entries || depth == 0) return {};
    for (const auto& entry : *entries) {
      const bool is_file = entry.type == system::FileType::regular && entry.name.ends_with(".c");
      if (is_file) KPKG_TRY(read(path + entry.name));
      const bool is_skipped =
          path.empty() && std::find(passed_over.begin(), passed_over.end(), entry.name) != passed_over.end();
      if (entry.type == system::FileType::directory && !is_skipped)
        KPKG_TRY(look_at(path + entry.name + "/", depth - 1));
    }
    return {};
  }

  ExportPlaces places() && { return std::move(places_); }

 private:
  Status read(const std::string& path) {
    const auto text = KPKG_TRY(system::read_file(source_ + "/" + path, largest_file));
    for (auto& name : exported_names(text)) places_[std::move(name)].push_back(path);
    return {};
  }

  const std::string& source_;
  ExportPlaces places_;
};

}  // namespace

std::vector<std::string> exported_names(std::string_view text) {
  constexpr std::string_view mark = "EXPORT_SYMBOL";
  std::vector<std::string> names;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + mark.size())) {
    auto rest = text.substr(at + mark.size());
    const auto open = rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    if (open == std::string_view::npos || rest[open] != '(') continue;
    rest.remove_prefix(open + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n"), rest.size()));
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_of_name);
    const std::string name(rest.begin(), end);
    const bool is_whole = end != rest.end() && (*end == ')' || *end == ',');
    if (!name.empty() && is_whole && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }
  return names;
}

Result<ExportPlaces> find_exports(const std::string& source, std::string_view arch_directory) {
  Scan scan(source);
  KPKG_TRY(scan.look_at("", deepest));
  KPKG_TRY(scan.look_at(fmt::format("arch/{}/", arch_directory), deepest));
  auto places = std::move(scan).places();
  for (auto& [name, files] : places) std::sort(files.begin(), files.end());
  return places;
}

}  // namespace kpkg::tree
