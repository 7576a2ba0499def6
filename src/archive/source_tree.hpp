// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/git_object.hpp"

#include <string>
#include <vector>

namespace kpkg::archive {

/// A directory that stands for a commit of another repository.
struct Submodule {
  std::string path;      ///< relative to the top of the tree
  crypto::GitId commit;  ///< what the tree demands there

  bool operator==(const Submodule&) const = default;
};

/// The id that git would give to the tree in `directory`: what is on the disk, not what a .git says.
///
/// Empty directories do not exist for git and are passed over; an executable is one for its owner. What is
/// under the path of a submodule is not looked at, its commit counts. An empty directory has the id of the
/// empty tree. Errors: corrupt: a device, pipe or socket; not_found: no such directory, or no such submodule;
/// io. Source: Pro Git, 2nd edition, section 10.2 "Git Objects".
Result<crypto::GitId> git_tree_id(const std::string& directory,
                                  const std::vector<Submodule>& submodules = {});

/// Checks that no link in `directory` leads out of it, even by way of other links. unpack() has done it
/// already; a tree that git checked out has not been looked at.
///
/// Errors: corrupt: names the link and its target.
Status check_links(const std::string& directory);

}  // namespace kpkg::archive
