// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/depmod_order.hpp"

#include "base/path.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace kpkg::install {
namespace {

constexpr std::array<std::string_view, 5> directories = {
    "/etc/depmod.d", "/run/depmod.d", "/usr/local/lib/depmod.d", "/usr/lib/depmod.d", "/lib/depmod.d"};

void read_line(const std::string& line, const std::string& kernel, const std::set<std::string>& modules,
               DepmodOrder& order) {
  const auto parts = words(line);
  if (parts.empty()) return;
  if (parts[0] == "search") order.search.insert(order.search.end(), parts.begin() + 1, parts.end());
  if (parts[0] != "override" || parts.size() < 4) return;
  if (modules.count(module_key(parts[1])) != 0 && (parts[2] == "*" || parts[2] == kernel))
    order.overrides.push_back(parts[3]);
}

/// How far back a directory stands; what no word names is `built-in`, and what is overridden comes first.
std::size_t rank_of(const DepmodOrder& order, std::string_view directory) {
  const auto names = [&](const std::string& word) { return is_inside(directory, word); };
  if (std::any_of(order.overrides.begin(), order.overrides.end(), names)) return 0;
  const auto& search = order.search;
  auto found = std::find_if(search.begin(), search.end(), names);
  if (found == search.end()) found = std::find(search.begin(), search.end(), "built-in");
  return 1 + static_cast<std::size_t>(found - search.begin());
}

}  // namespace

bool prefers(const DepmodOrder& order, std::string_view directory, std::string_view other) {
  return rank_of(order, directory) < rank_of(order, other);
}

Result<DepmodOrder> depmod_order(const system::Root& root, const std::string& kernel,
                                 const std::set<std::string>& modules) {
  std::map<std::string, std::string> files;  // name to path
  for (const auto directory : directories) {
    const auto entries = KPKG_TRY(root.list(directory));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
      if (entry.name.ends_with(".conf")) files.emplace(entry.name, std::string(directory) + "/" + entry.name);
  }
  DepmodOrder order;
  for (const auto& [name, path] : files) {
    const auto text = KPKG_TRY(root.read_if_present(path));
    for (const auto& line : lines(text.value_or(""))) read_line(line, kernel, modules, order);
  }
  if (order.search.empty()) order.search = {"updates", "built-in"};
  return order;
}

}  // namespace kpkg::install
