// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/sandbox_view.hpp"

#include "base/path.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace kpkg::system {
namespace {

/// Directories of programs and libraries beside /usr: links into it, or directories where /usr is not merged.
constexpr std::array<std::string_view, 6> beside_usr = {"/bin",   "/sbin",  "/lib",
                                                        "/lib32", "/lib64", "/libx32"};

/// What compilers and configure scripts read below /etc. No shadow, no keys, no host names.
constexpr std::array<std::string_view, 8> etc_files = {
    "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf",     "/etc/ld.so.conf.d",
    "/etc/passwd",       "/etc/group",       "/etc/debian_version", "/etc/os-release"};

using Words = std::vector<std::string>;

void append(Words& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
}

/// Lays out the mounts in the order in which bubblewrap makes them.
class Layout {
 public:
  Status show_system() {
    append(words_, {"--ro-bind", "/usr", "/usr"});
    read_only_.insert("/usr");
    for (const auto name : beside_usr) KPKG_TRY(show_beside_usr(std::string(name)));
    // bubblewrap would make the missing directory for root alone.
    append(words_, {"--perms", "0755", "--dir", "/etc"});
    for (const auto name : etc_files) append(words_, {"--ro-bind-try", std::string(name), std::string(name)});
    append(words_, {"--proc", "/proc", "--dev", "/dev"});
    return {};
  }

  void show_temporary(const std::string& directory) {
    if (directory.empty()) append(words_, {"--perms", "1777", "--tmpfs", "/tmp"});
    if (!directory.empty()) append(words_, {"--bind", directory, "/tmp"});
  }

  /// All places first: making one may hide what was mounted below its directory before.
  Status show(const Bind& bind) {
    const auto inside = KPKG_TRY(place_of(bind.inside));
    KPKG_TRY(make_place(inside));
    shown_.push_back(Bind{bind.host, inside, bind.access});
    return {};
  }

  Result<Words> finish() && {
    for (const auto& directory : rebuilt_) KPKG_TRY(rebuild(directory));
    for (const auto& bind : shown_) make_parents(bind.inside);
    for (const auto& bind : shown_)
      append(words_, {bind.access == Access::write ? "--bind" : "--ro-bind", bind.host, bind.inside});
    for (const auto& directory : rebuilt_) append(words_, {"--remount-ro", directory});
    append(words_, {"--remount-ro", "/"});
    return std::move(words_);
  }

 private:
  Status show_beside_usr(const std::string& name) {
    const auto status = KPKG_TRY(status_of(name));
    if (!status) return {};
    if (status->type == FileType::link) {
      const auto target = KPKG_TRY(read_link(name));
      append(words_, {"--symlink", target, name});
      links_.insert(name);
    } else {
      append(words_, {"--ro-bind", name, name});
      read_only_.insert(name);
    }
    return {};
  }

  /// `inside` with a link such as /lib resolved as the host has it.
  Result<std::string> place_of(const std::string& inside) const {
    const auto end = std::min(inside.find('/', 1), inside.size());
    const auto first = inside.substr(0, end);
    if (links_.count(first) == 0) return inside;
    return KPKG_TRY(canonical_path(first)) + inside.substr(end);
  }

  bool is_hosts(const std::string& inside) const {
    return std::any_of(read_only_.begin(), read_only_.end(),
                       [&](const auto& directory) { return is_inside(inside, directory); });
  }

  /// Makes `inside` a name that something can be mounted on.
  ///
  /// bubblewrap makes missing directories itself, except in a read-only mount. There, the nearest directory
  /// that exists is made anew in memory and its entries are bound one by one.
  Status make_place(const std::string& inside) {
    for (const auto& bind : shown_)
      if (is_inside(inside, bind.inside)) return make_place_in(bind, inside);
    auto directory = inside;
    while (is_hosts(directory) && rebuilt_.count(directory) == 0) {
      const auto status = KPKG_TRY(status_of(directory));
      if (status && directory == inside) return {};
      if (status && status->type == FileType::directory) {
        rebuilt_.insert(directory);
        return {};
      }
      directory = parent_of(directory);
    }
    return {};
  }

  static Status make_place_in(const Bind& bind, const std::string& inside) {
    if (KPKG_TRY(status_of(bind.host + inside.substr(bind.inside.size())))) return {};
    return fail(ErrorKind::unsupported, fmt::format("{} does not exist in {}", inside, bind.host));
  }

  /// Makes the directories above `inside` that nothing else makes: bubblewrap would let only root enter them.
  void make_parents(const std::string& inside) {
    Words missing;
    for (auto directory = parent_of(inside); directory != "/"; directory = parent_of(directory)) {
      const bool is_bound = std::any_of(shown_.begin(), shown_.end(),
                                        [&](const auto& bind) { return is_inside(directory, bind.inside); });
      if (is_bound || rebuilt_.count(directory) != 0) break;
      if (is_hosts(directory) && !is_rebuilt(directory)) break;
      missing.push_back(directory);
    }
    for (auto directory = missing.rbegin(); directory != missing.rend(); ++directory)
      append(words_, {"--perms", "0755", "--dir", *directory});
  }

  bool is_rebuilt(const std::string& path) const {
    return std::any_of(rebuilt_.begin(), rebuilt_.end(),
                       [&](const auto& directory) { return is_inside(path, directory); });
  }

  Status rebuild(const std::string& directory) {
    append(words_, {"--tmpfs", directory});
    const auto entries = KPKG_TRY(list_directory(directory));
    for (const auto& entry : entries.value_or(std::vector<DirectoryEntry>{})) {
      const auto path = fmt::format("{}/{}", directory, entry.name);
      if (entry.type == FileType::link) {
        const auto target = KPKG_TRY(read_link(path));
        append(words_, {"--symlink", target, path});
      }
      if (entry.type == FileType::directory || entry.type == FileType::regular)
        append(words_, {"--ro-bind", path, path});
    }
    return {};
  }

  Words words_;
  std::set<std::string> read_only_;  // directories of the host that are seen as they are
  std::set<std::string> links_;
  std::set<std::string> rebuilt_;
  std::vector<Bind> shown_;
};

}  // namespace

Result<std::vector<std::string>> bubblewrap_mounts(const SandboxView& view) {
  Layout layout;
  KPKG_TRY(layout.show_system());
  layout.show_temporary(view.temporary);
  auto binds = view.binds;
  if (!view.directory.empty()) binds.push_back({view.directory, view.directory_inside, Access::write});
  // A directory before what is bound into it.
  std::stable_sort(binds.begin(), binds.end(),
                   [](const Bind& left, const Bind& right) { return left.inside < right.inside; });
  for (const auto& bind : binds) KPKG_TRY(layout.show(bind));
  return std::move(layout).finish();
}

std::vector<std::string> readable_paths() {
  std::vector<std::string> paths = {"/usr", "/proc", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
  paths.insert(paths.end(), beside_usr.begin(), beside_usr.end());
  paths.insert(paths.end(), etc_files.begin(), etc_files.end());
  return paths;
}

}  // namespace kpkg::system
