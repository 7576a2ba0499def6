// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/private_copy.hpp"

#include "base/path.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace kpkg::tree {
namespace {

/// Directories of a header package of Debian's that are links into the package linux-kbuild.
constexpr std::array<std::string_view, 2> of_kbuild = {"scripts", "tools"};
constexpr std::string_view kbuild_packages = "/usr/lib";
constexpr std::string_view kbuild_prefix = "linux-kbuild-";

/// Links of one copy. Owns what is reported of them.
class Links {
 public:
  Links(const system::Root& root, std::string tree, std::string copy)
      : root_(root), tree_(std::move(tree)), copy_(std::move(copy)) {}

  /// Goes through the copy, whose links still say what those of the tree say.
  Status lead_out(const std::string& below) {
    const auto directory = KPKG_TRY(root_.host_path(copy_)) + below;
    const auto entries = KPKG_TRY(system::list_directory(directory));
    for (const auto& entry : *entries) {
      const auto name = below + "/" + entry.name;
      if (entry.type == system::FileType::directory) KPKG_TRY(lead_out(name));
      if (entry.type == system::FileType::link) KPKG_TRY(lead(name, directory + "/" + entry.name));
    }
    return {};
  }

  std::vector<std::string> found() && { return std::move(found_); }

 private:
  Status lead(const std::string& name, const std::string& link) {
    auto target = KPKG_TRY(root_.real_path(tree_ + name));
    if (target && is_inside(*target, tree_)) return {};
    if (!target) {
      target = KPKG_TRY(of_kbuild_package(name.substr(1)));
      if (!target) return {};
      found_.push_back(fmt::format("{} leads to {} again", name.substr(1), *target));
    }
    KPKG_TRY(system::remove_all(link));
    return system::make_link(*target, link);
  }

  /// Where the package linux-kbuild has a directory of this name, if its version begins that of the tree.
  Result<std::optional<std::string>> of_kbuild_package(const std::string& name) {
    if (std::find(of_kbuild.begin(), of_kbuild.end(), name) == of_kbuild.end())
      return std::optional<std::string>{};
    const auto release = tree_.substr(tree_.rfind('/') + 1);
    const auto entries = KPKG_TRY(root_.list(kbuild_packages));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>())) {
      if (!entry.name.starts_with(kbuild_prefix)) continue;
      const auto version = entry.name.substr(kbuild_prefix.size());
      const auto place = fmt::format("{}/{}/{}", kbuild_packages, entry.name, name);
      const bool fits = release.find("-" + version + ".") != std::string::npos ||
                        release.find("-" + version + "-") != std::string::npos ||
                        release.find("-" + version + "+") != std::string::npos;
      if (fits && KPKG_TRY(root_.real_path(place))) return std::optional(place);
    }
    return std::optional<std::string>{};
  }

  const system::Root& root_;
  std::string tree_;
  std::string copy_;
  std::vector<std::string> found_;
};

}  // namespace

Result<std::vector<std::string>> copy_privately(const system::Root& root, const std::string& tree,
                                                const std::string& copy) {
  KPKG_TRY(root.make_directories(copy.substr(0, copy.rfind('/'))));
  KPKG_TRY(system::copy_tree(KPKG_TRY(root.host_path(tree)), KPKG_TRY(root.host_path(copy))));
  Links links(root, tree, copy);
  KPKG_TRY(links.lead_out(""));
  return std::move(links).found();
}

Result<std::string> open_place_in_copy(const system::Root& root, const std::string& copy,
                                       std::string_view name) {
  const auto start = KPKG_TRY(root.host_path(copy));
  for (auto slash = name.find('/'); slash != std::string_view::npos; slash = name.find('/', slash + 1)) {
    const auto directory = start + "/" + std::string(name.substr(0, slash));
    const auto status = KPKG_TRY(system::status_of(directory));
    if (!status) KPKG_TRY(system::make_directories(directory));
    if (!status || status->type != system::FileType::link) continue;
    const auto target = KPKG_TRY(root.host_path(fmt::format("{}/{}", copy, name.substr(0, slash))));
    KPKG_TRY(system::remove_all(directory));
    const auto found = KPKG_TRY(system::status_of(target));
    KPKG_TRY(found ? system::copy_tree(target, directory) : system::make_directories(directory));
  }
  return start + "/" + std::string(name);
}

Status replace_in_copy(const system::Root& root, const std::string& copy, std::string_view name,
                       std::string_view bytes) {
  const auto file = KPKG_TRY(open_place_in_copy(root, copy, name));
  KPKG_TRY(system::remove_all(file));
  return system::write_file(file, bytes);
}

}  // namespace kpkg::tree
