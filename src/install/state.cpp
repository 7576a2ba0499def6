// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/state.hpp"

#include "base/text.hpp"
#include "install/depmod_order.hpp"
#include "install/index.hpp"
#include "system/file_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace kpkg::install {
namespace {

using Names = std::set<std::string>;

Result<std::optional<crypto::Digest>> digest_at(const system::Root& root, const std::string& path) {
  const auto bytes = KPKG_TRY(root.read_if_present(path));
  return bytes ? std::optional(crypto::sha256(*bytes)) : std::nullopt;
}

/// The name of the module in a file of that name, comparable; empty: it is no module file.
std::string module_in(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  for (const std::string_view end : {".ko", ".ko.gz", ".ko.xz", ".ko.zst"})
    if (name.size() > end.size() && name.ends_with(end))
      return module_key(name.substr(0, name.size() - end.size()));
  return {};
}

Names wanted_names(const Wish& wish) {
  Names names;
  for (const auto& module : wish.modules) names.insert(module_key(module.name));
  return names;
}

std::vector<std::string> wanted_paths(const Wish& wish, const std::string& module_directory) {
  std::vector<std::string> paths;
  for (const auto& module : wish.modules) paths.push_back(destination_of(wish, module_directory, module));
  if (wish.configuration)
    for (const auto& file : *wish.configuration) paths.push_back(file.path);
  return paths;
}

/// The files below `directory`, links not followed: a module is a file, and a link may lead in a circle.
Status collect_modules(const system::Root& root, const std::string& directory, const Names& names,
                       std::vector<OtherModule>& found) {
  const auto entries = KPKG_TRY(root.list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
    const auto path = directory + "/" + entry.name;
    if (entry.type == system::FileType::directory) KPKG_TRY(collect_modules(root, path, names, found));
    const auto module = entry.type == system::FileType::directory ? std::string() : module_in(entry.name);
    if (names.count(module) == 0) continue;
    const auto digest = KPKG_TRY(digest_at(root, path));
    found.push_back({module, OtherModule::Place::foreign, path, digest});
  }
  return {};
}

/// The kernel's own modules, from the lists that its package ships: a walk through kernel/ costs ten times
/// more.
Status collect_listed(const system::Root& root, const std::string& directory, const Names& names,
                      std::vector<OtherModule>& found) {
  constexpr std::array lists = {std::pair("/modules.order", OtherModule::Place::in_tree),
                                std::pair("/modules.builtin", OtherModule::Place::built_in)};
  for (const auto& [list, place] : lists) {
    const auto text = KPKG_TRY(root.read_if_present(directory + list));
    for (const auto& line : lines(text.value_or("")))
      if (const auto module = module_in(line); names.count(module) != 0)
        found.push_back({module, place, directory + "/" + line, std::nullopt});
  }
  return {};
}

Result<std::vector<OtherModule>> other_modules(const system::Root& root, const RootState& state,
                                               const Names& names, const std::vector<std::string>& wanted) {
  std::vector<OtherModule> found;
  if (names.empty()) return found;
  const auto entries = KPKG_TRY(root.list(state.module_directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
    if (entry.type != system::FileType::directory || entry.name == "kernel") continue;
    KPKG_TRY(collect_modules(root, state.module_directory + "/" + entry.name, names, found));
  }
  const auto is_known = [&](const OtherModule& module) {
    return std::find(wanted.begin(), wanted.end(), module.path) != wanted.end() ||
           std::any_of(state.ours.begin(), state.ours.end(),
                       [&](const OurFile& file) { return file.record.path == module.path; });
  };
  found.erase(std::remove_if(found.begin(), found.end(), is_known), found.end());
  KPKG_TRY(collect_listed(root, state.module_directory, names, found));
  return found;
}

/// The directories on the way to the wanted files that are absent, outer first.
Result<std::vector<std::string>> missing_directories(const system::Root& root,
                                                     const std::vector<std::string>& wanted) {
  std::set<std::string> missing;  // sorted: the outer one is a prefix of the inner one
  for (const auto& path : wanted) {
    auto directory = path.substr(0, path.rfind('/'));
    while (!directory.empty() && !KPKG_TRY(root.real_path(directory))) {
      missing.insert(directory);
      directory.resize(directory.rfind('/'));
    }
  }
  return std::vector<std::string>(missing.begin(), missing.end());
}

Result<std::string> find_module_directory(const system::Root& root, const std::string& kernel) {
  for (const std::string_view parent : {"/lib/modules/", "/usr/lib/modules/"})
    if (auto found = KPKG_TRY(root.real_path(std::string(parent) + kernel))) return *std::move(found);
  return fail(ErrorKind::not_found, fmt::format("{} has no modules of a kernel {}", root.directory(), kernel),
              "see the kernels with `kpkg kernel list`");
}

}  // namespace

std::string destination_of(const Wish& wish, const std::string& module_directory,
                           const WantedModule& module) {
  const std::string_view place = wish.destination == Destination::dkms ? "dkms" : "kpkg";
  return fmt::format("{}/updates/{}/{}", module_directory, place, module.file_name);
}

Result<RootState> observe(const system::Root& root, const Wish& wish,
                          const std::vector<store::InstalledRecord>& recorded) {
  RootState state;
  state.kernel = wish.kernel;
  state.is_host = root.is_host();
  state.module_directory = KPKG_TRY(find_module_directory(root, wish.kernel));
  for (const auto& record : recorded) state.ours.push_back({record, KPKG_TRY(digest_at(root, record.path))});

  const auto names = wanted_names(wish);
  const auto wanted = wanted_paths(wish, state.module_directory);
  for (const auto& path : wanted)
    if (const auto now = KPKG_TRY(digest_at(root, path))) state.occupied.push_back({path, *now});
  state.others = KPKG_TRY(other_modules(root, state, names, wanted));
  state.new_directories = KPKG_TRY(missing_directories(root, wanted));

  const auto entries = KPKG_TRY(root.list(state.module_directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
    if (is_index_file(entry.name)) state.index_files.push_back(entry.name);
  auto order = KPKG_TRY(depmod_order(root, wish.kernel, names));
  state.search_order = std::move(order.search);
  state.depmod_overrides = std::move(order.overrides);
  const auto on = system::file_system_of(KPKG_TRY(root.host_path(state.module_directory)));
  if (on) state.free_bytes = on->free_bytes;
  return state;
}

}  // namespace kpkg::install
