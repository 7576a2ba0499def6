// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/root.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kpkg::dkmstree {

/// Private to dkmstree/: a directory of the root.
struct Directory {
  std::string path;  ///< in the root, as it was asked for
  std::string host;  ///< where the host has it, links followed
};

/// Private to dkmstree/: looks at directories, cheaply: the way to one is looked at once, and only where a
/// link lies on it Root follows it from the top.
///
/// What cannot be read is noted and counts as absent, for a broken entry must break nothing but itself.
class Explorer {
 public:
  explicit Explorer(const system::Root& root) : root_(root) {}

  /// The directory that `path` is or leads to, or nothing if it is none.
  std::optional<Directory> open(const std::string& path);

  /// The same of an entry; `target` is what it says if it is a link, and is asked for if it is empty.
  std::optional<Directory> enter(const Directory& directory, const system::DirectoryEntry& entry,
                                 std::string target = {});

  /// Whether `path` is a directory and nothing on the way to it is a link.
  bool is_plain(const std::string& path);

  /// Sorted entries.
  std::vector<system::DirectoryEntry> list(const Directory& directory);

  /// What a link says, "" if it is none.
  std::string target_of(const Directory& directory, const std::string& name);

  /// `path` with its links followed, or "" if it leads nowhere.
  std::string real_path(const std::string& path);

  /// What could not be read.
  std::vector<Error> take_problems() { return std::exchange(problems_, {}); }

 private:
  template <typename T>
  T noted(Result<T> result);

  system::FileType type_of(const std::string& host);
  const std::string* plain_host(const std::string& path);

  const system::Root& root_;
  std::unordered_map<std::string, std::string>
      hosts_;  // of directories without links on the way; "": is none
  std::vector<Error> problems_;
};

}  // namespace kpkg::dkmstree
