// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/stale.hpp"

#include "system/file.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace kpkg::build {
namespace {

/// Always made by kbuild, never written by a person.
constexpr std::array<std::string_view, 6> whole_names = {"Module.symvers", "Module.markers", "modules.order",
                                                         ".tmp_versions",  "built-in.a",     ".cache.mk"};
constexpr std::array<std::string_view, 5> endings = {".ko", ".mod.c", ".mod.o", ".ko.cmd", ".o.d"};
constexpr std::array<std::string_view, 6> sources = {".c", ".S", ".s", ".rs", ".cpp", ".cc"};

class Names {
 public:
  explicit Names(std::span<const std::string> names) : names_(names.begin(), names.end()) {}

  bool has(const std::string& name) const { return names_.count(name) != 0; }

  bool is_stale(const std::string& name) const {
    if (std::find(whole_names.begin(), whole_names.end(), name) != whole_names.end()) return true;
    const auto is_ending = [&](std::string_view ending) { return name.ends_with(ending); };
    if (std::any_of(endings.begin(), endings.end(), is_ending)) return true;
    if (name.starts_with('.') && name.ends_with(".cmd")) return true;
    if (name.ends_with(".mod")) return has(name + ".c") || has("." + name + ".cmd");
    return name.ends_with(".o") && was_made(name);
  }

 private:
  bool was_made(const std::string& object) const {
    const auto stem = object.substr(0, object.size() - 2);
    return has("." + object + ".cmd") ||
           std::any_of(sources.begin(), sources.end(),
                       [&](std::string_view ending) { return has(stem + std::string(ending)); });
  }

  std::set<std::string> names_;
};

}  // namespace

std::vector<std::string> stale_products(std::span<const std::string> names) {
  const Names all(names);
  std::vector<std::string> stale;
  std::copy_if(names.begin(), names.end(), std::back_inserter(stale),
               [&](const auto& name) { return all.is_stale(name); });
  return stale;
}

Result<std::size_t> drop_stale_products(const std::string& directory) {
  std::size_t dropped = 0;
  std::vector<std::string> waiting = {directory};
  while (!waiting.empty()) {
    const auto current = std::move(waiting.back());
    waiting.pop_back();
    const auto entries =
        KPKG_TRY(system::list_directory(current)).value_or(std::vector<system::DirectoryEntry>{});
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.name);
    const auto stale = stale_products(names);
    for (const auto& name : stale) KPKG_TRY(system::remove_all(current + "/" + name));
    dropped += stale.size();
    for (const auto& entry : entries) {
      const bool is_kept = std::find(stale.begin(), stale.end(), entry.name) == stale.end();
      if (entry.type == system::FileType::directory && is_kept) waiting.push_back(current + "/" + entry.name);
    }
  }
  return dropped;
}

}  // namespace kpkg::build
