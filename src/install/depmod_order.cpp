// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/depmod_order.hpp"

#include "base/text.hpp"

#include <array>
#include <map>

namespace kpkg::install {
namespace {

constexpr std::array<std::string_view, 4> directories = {"/etc/depmod.d", "/run/depmod.d",
                                                         "/usr/local/lib/depmod.d", "/lib/depmod.d"};

void read_line(const std::string& line, const std::string& kernel, const std::set<std::string>& modules,
               DepmodOrder& order) {
  const auto parts = words(line);
  if (parts.empty()) return;
  if (parts[0] == "search") order.search.insert(order.search.end(), parts.begin() + 1, parts.end());
  if (parts[0] != "override" || parts.size() < 4) return;
  if (modules.count(module_key(parts[1])) != 0 && (parts[2] == "*" || parts[2] == kernel))
    order.overrides.push_back(parts[3]);
}

}  // namespace

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
