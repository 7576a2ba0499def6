// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/root.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmstree {

/// One change of the disk. DKMS sees a step done or not done, and never half of one: what takes time
/// (removing, making) happens under names that it passes over.
struct Step {
  enum class Kind {
    make_directory,   ///< with its parents; what exists is left alone
    write,            ///< replaces a file by `bytes`
    make_link,        ///< makes a link that says `target`
    rename,           ///< gives it the name `target`, replacing a file or link of that name
    exchange,         ///< gives it the name `target`, and what has that name this one
    remove_tree,      ///< with all that is in it; absent is success
    remove_if_empty,  ///< leaves a directory that has something
  };

  Kind kind = Kind::make_directory;
  std::string path;  ///< in the root
  std::string target = {};
  std::string bytes = {};

  bool operator==(const Step&) const = default;
};

using Steps = std::vector<Step>;

/// Performs a step; where the file system cannot exchange names, two renames take its place.
Status perform(const system::Root& root, const Step& step);

/// Performs them one after the other, up to the first that fails. What these had begun unseen is taken away
/// then.
Status perform(const system::Root& root, const Steps& steps);

}  // namespace kpkg::dkmstree
