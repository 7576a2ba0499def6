// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/wish.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cctype>

namespace kpkg::install {
namespace {

constexpr std::string_view default_number = "60";

std::string header(const std::string& recipe) {
  return fmt::format("# Written by kpkg for {}. It is yours to change: a changed file is kept.\n", recipe);
}

std::string softdep_line(const WantedModule& module) {
  std::string line = "softdep " + module.name;
  if (!module.softdep_pre.empty()) line += " pre: " + join(module.softdep_pre, " ");
  if (!module.softdep_post.empty()) line += " post: " + join(module.softdep_post, " ");
  return line + "\n";
}

std::string modprobe_lines(const std::vector<WantedModule>& modules) {
  std::string text;
  for (const auto& module : modules) {
    if (!module.options.empty()) text += fmt::format("options {} {}\n", module.name, module.options);
    if (!module.softdep_pre.empty() || !module.softdep_post.empty()) text += softdep_line(module);
    for (const auto& other : module.blacklist) text += fmt::format("blacklist {}\n", other);
  }
  return text;
}

bool is_digit(char character) {
  return std::isdigit(static_cast<unsigned char>(character)) != 0;
}

std::string rules_name(const std::string& recipe, std::string_view name) {
  if (const auto slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.ends_with(".rules")) name.remove_suffix(std::string_view(".rules").size());
  std::string_view number = default_number;
  if (name.size() > 2 && is_digit(name[0]) && is_digit(name[1]) && name[2] == '-') {
    number = name.substr(0, 2);
    name.remove_prefix(3);
  }
  const auto rest = name.empty() || name == recipe ? std::string() : fmt::format("-{}", name);
  return fmt::format("{}-kpkg-{}{}.rules", number, recipe, rest);
}

}  // namespace

std::vector<WantedFile> configuration_files(const std::string& recipe,
                                            const std::vector<WantedModule>& modules, LoadAtBoot load,
                                            const std::vector<UdevRules>& rules) {
  std::vector<WantedFile> files;
  if (load == LoadAtBoot::yes && !modules.empty()) {
    std::string names;
    for (const auto& module : modules) names += module.name + "\n";
    files.push_back({fmt::format("/etc/modules-load.d/kpkg-{}.conf", recipe), header(recipe) + names});
  }
  if (const auto text = modprobe_lines(modules); !text.empty())
    files.push_back({fmt::format("/etc/modprobe.d/kpkg-{}.conf", recipe), header(recipe) + text});
  for (const auto& rule : rules)
    files.push_back({"/etc/udev/rules.d/" + rules_name(recipe, rule.name), rule.content});
  return files;
}

}  // namespace kpkg::install
