// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// A module that goes to its place. Paths in the root.
struct Put {
  std::string module;  ///< its name
  std::string file;    ///< that is copied
  std::string destination;

  bool operator==(const Put&) const = default;
};

/// What changes among a kernel's modules for one version.
struct FileChanges {
  std::string module;
  std::string version;
  std::string kernel;
  std::vector<Put> puts;
  std::vector<std::string> removals;  ///< absent ones are passed over

  bool operator==(const FileChanges&) const = default;
};

/// Makes all of the changes or none: the intent is noted before, new files are staged beside their places,
/// and a later command finishes or undoes what a crash cut off. Directories that become empty go, below
/// `install_tree`/K. Without kpkg's records the files are replaced one by one; so are those that only go
/// where the disk is too full to note it, for that makes room.
Status change_files(const Site& site, const FileChanges& changes);

}  // namespace kpkg::dkmsbuild
