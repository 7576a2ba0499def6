// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/module_list.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>

namespace kpkg::kernel {
namespace {

constexpr int deepest_directory = 16;  // kernel/drivers/net/wireless/intel/iwlwifi/mvm has 6
constexpr std::uint64_t largest_list = 64U << 20;

enum class Walk { on, ends };
using Visitor = std::function<Walk(std::string name)>;

/// Shows every module below `name` to `visit`, files of a directory before its directories. Links to
/// directories are not followed.
Result<Walk> walk(const system::Root& root, const std::string& module_directory, const std::string& name,
                  int depth, const Visitor& visit) {
  if (depth > deepest_directory) return Walk::on;
  const auto entries = KPKG_TRY(root.list(module_directory + "/" + name));
  if (!entries) return Walk::on;
  for (const auto& entry : *entries) {
    const bool is_module = entry.type != system::FileType::directory && is_module_name(entry.name);
    if (is_module && visit(name + "/" + entry.name) == Walk::ends) return Walk::ends;
  }
  for (const auto& entry : *entries) {
    if (entry.type != system::FileType::directory) continue;
    const auto step = KPKG_TRY(walk(root, module_directory, name + "/" + entry.name, depth + 1, visit));
    if (step == Walk::ends) return Walk::ends;
  }
  return Walk::on;
}

/// What stands before `end` in each line, if it is a module below kernel/.
std::vector<std::string> names_in(std::string_view text, char end) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto line = text.substr(0, std::min(text.find('\n'), text.size()));
    const auto name = line.substr(0, std::min(line.find(end), line.size()));
    if (name.starts_with("kernel/") && is_module_name(name)) names.emplace_back(name);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

bool is_module_name(std::string_view name) {
  return name.ends_with(".ko") || name.ends_with(".ko.gz") || name.ends_with(".ko.xz") ||
         name.ends_with(".ko.zst");
}

Result<std::vector<std::string>> listed_modules(const system::Root& root,
                                                const std::string& module_directory) {
  const auto dependencies = KPKG_TRY(root.read_if_present(module_directory + "/modules.dep", largest_list));
  if (dependencies) return names_in(*dependencies, ':');
  const auto order = KPKG_TRY(root.read_if_present(module_directory + "/modules.order", largest_list));
  return order ? names_in(*order, '\n') : std::vector<std::string>{};
}

Result<std::vector<std::string>> present_modules(const system::Root& root,
                                                 const std::string& module_directory) {
  std::vector<std::string> names;
  const auto keep = [&](std::string name) {
    names.push_back(std::move(name));
    return Walk::on;
  };
  KPKG_TRY(walk(root, module_directory, "kernel", 0, keep));
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> has_module(const system::Root& root, const std::string& module_directory) {
  const auto step = KPKG_TRY(walk(root, module_directory, "kernel", 0, [](auto) { return Walk::ends; }));
  return step == Walk::ends;
}

}  // namespace kpkg::kernel
