// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path.hpp"
#include "kernel/path.hpp"
#include "kernel/tree.hpp"

#include <algorithm>
#include <cstdint>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_makefile = 4U << 20;

/// How a path is referred to. A link to a directory is meant for kbuild; a path in a text may be any file's.
enum class Reference { link, text };

/// Collects directories while following what refers to them. Owns the list that it walks and extends.
class Collector {
 public:
  Collector(const system::Root& root, const std::string& tree) : root_(root), found_{tree} {}

  Result<std::vector<std::string>> collect() {
    for (std::size_t next = 0; next < found_.size(); ++next) {
      const auto directory = found_[next];
      KPKG_TRY(follow_links(directory));
      KPKG_TRY(follow_links(directory + "/scripts"));
      KPKG_TRY(follow_makefile(directory + "/Makefile"));
    }
    prune(found_);
    return std::move(found_);
  }

 private:
  Status follow_links(const std::string& directory);
  Status follow_makefile(const std::string& makefile);
  Status consider(const std::string& path, Reference reference);
  Result<bool> belongs_to_kbuild(const std::string& directory) const;
  Result<std::string> outermost(std::string directory) const;

  const system::Root& root_;
  std::vector<std::string> found_;
};

/// "/", "/usr" and "/usr/lib" hold everybody's files and are never one package's.
bool is_shared(std::string_view directory) {
  const auto depth = directory == "/" ? 0 : std::count(directory.begin(), directory.end(), '/');
  return depth < (directory.starts_with("/usr/") ? 3 : 2);
}

/// The absolute paths in a Makefile's text: "include /usr/src/…/Makefile", "KBUILD_OUTPUT=/usr/src/…".
std::vector<std::string> absolute_paths(std::string_view text) {
  constexpr std::string_view starts = " \t\n=\"'";
  constexpr std::string_view ends = " \t\r\n\"';()$#";
  std::vector<std::string> paths;
  for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/', slash)) {
    const auto end = std::min(text.find_first_of(ends, slash), text.size());
    const bool is_start = slash == 0 || starts.find(text[slash - 1]) != std::string_view::npos;
    if (is_start) paths.emplace_back(text.substr(slash, end - slash));
    slash = std::max(end, slash + 1);
  }
  return paths;
}

Status Collector::follow_links(const std::string& directory) {
  const auto entries = KPKG_TRY(root_.list(directory));
  if (!entries) return {};
  for (const auto& entry : *entries) {
    if (entry.type == system::FileType::link)
      KPKG_TRY(consider(directory + "/" + entry.name, Reference::link));
  }
  return {};
}

Status Collector::follow_makefile(const std::string& makefile) {
  const auto text = KPKG_TRY(root_.read_if_present(makefile, largest_makefile));
  if (!text) return {};
  for (const auto& path : absolute_paths(*text)) KPKG_TRY(consider(path, Reference::text));
  return {};
}

Status Collector::consider(const std::string& path, Reference reference) {
  const auto place = KPKG_TRY(follow(root_, path));
  if (!place.path) return {};
  const bool is_known = std::any_of(found_.begin(), found_.end(),
                                    [&](const auto& known) { return is_inside(*place.path, known); });
  if (is_known) return {};
  const auto status = KPKG_TRY(root_.status(*place.path));
  const bool is_directory = status && status->type == system::FileType::directory;
  auto directory = KPKG_TRY(outermost(is_directory ? *place.path : parent_of(*place.path)));
  // A file elsewhere (/bin/sh, /dev/null) belongs to the system, which is there anyway.
  const bool is_wanted =
      (is_directory && reference == Reference::link) || KPKG_TRY(belongs_to_kbuild(directory));
  if (is_wanted && !is_shared(directory)) found_.push_back(std::move(directory));
  return {};
}

/// Whether the directory has what only build trees have at their top.
Result<bool> Collector::belongs_to_kbuild(const std::string& directory) const {
  for (const auto* name : {"/Makefile", "/scripts", "/Kbuild"}) {
    const auto status = KPKG_TRY(root_.status(directory + name));
    if (status) return true;
  }
  return false;
}

/// The top of the build tree that `directory` is a part of: links lead to linux-kbuild-6.1/scripts, whose
/// files in turn reach for linux-kbuild-6.1/tools.
Result<std::string> Collector::outermost(std::string directory) const {
  while (true) {
    const auto makefile = KPKG_TRY(root_.status(directory + "/Makefile"));
    const auto scripts = KPKG_TRY(root_.status(directory + "/scripts"));
    auto parent = parent_of(directory);
    const bool is_top = (makefile && scripts) || is_shared(parent) || !KPKG_TRY(belongs_to_kbuild(parent));
    if (is_top) return directory;
    directory = std::move(parent);
  }
}

}  // namespace

Result<std::vector<std::string>> needed_directories(const system::Root& root, const KernelTree& tree) {
  auto needed = KPKG_TRY(Collector(root, tree.path).collect());
  const bool has_sources = tree.sources && std::none_of(needed.begin(), needed.end(), [&](const auto& each) {
                             return is_inside(*tree.sources, each);
                           });
  if (!has_sources) return needed;
  const auto more = KPKG_TRY(Collector(root, *tree.sources).collect());
  needed.insert(needed.end(), more.begin(), more.end());
  prune(needed);
  return needed;
}

}  // namespace kpkg::kernel
