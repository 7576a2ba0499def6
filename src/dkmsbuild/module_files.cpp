// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/module_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// In rising order of what counts.
constexpr std::array<std::string_view, 3> suffixes = {".gz", ".xz", ".zst"};

/// Where the file stands in the order in which depmod prefers directories, by default.
int rank_of(const std::string& path, const std::string& top) {
  const auto below = std::string_view(path).substr(top.size());
  return below.starts_with("/updates/") ? 0 : below.starts_with("/extra/") ? 1 : 2;
}

}  // namespace

ModuleFiles ModuleFiles::find(const Site& site, const std::string& kernel) {
  ModuleFiles found;
  found.top_ = site.framework.install_tree + "/" + kernel;
  std::vector<std::string> directories = {found.top_};
  std::size_t best = 0;  // one more than the place in `suffixes`
  while (!directories.empty()) {
    const auto directory = std::move(directories.back());
    directories.pop_back();
    const auto entries = site.workspace.root.list(directory);
    if (!entries || !*entries) continue;
    for (const auto& entry : **entries) {
      if (entry.type == system::FileType::directory) directories.push_back(directory + "/" + entry.name);
      if (entry.type != system::FileType::regular || entry.name.find(".ko") == std::string::npos) continue;
      for (std::size_t index = best; index < suffixes.size(); ++index)
        if (entry.name.ends_with(fmt::format(".ko{}", suffixes[index]))) best = index + 1;
      found.files_.push_back({directory + "/" + entry.name, entry.name});
    }
  }
  if (best > 0) found.suffix_ = suffixes[best - 1];
  return found;
}

std::vector<std::string> ModuleFiles::named(const std::string& name) const {
  std::vector<std::string> paths;
  for (const auto& file : files_)
    if (file.name == name + ".ko" || file.name == fmt::format("{}.ko{}", name, suffix_))
      paths.push_back(file.path);
  std::sort(paths.begin(), paths.end(), [&](const std::string& left, const std::string& right) {
    return std::pair(rank_of(left, top_), left) < std::pair(rank_of(right, top_), right);
  });
  return paths;
}

}  // namespace kpkg::dkmsbuild
