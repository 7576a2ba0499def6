// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/git_object.hpp"
#include "system/process.hpp"

#include <string>
#include <vector>

namespace kpkg::fetch {

/// One commit of one repository.
struct CommitRequest {
  std::string url;  ///< https://, http://, git:// or file://
  crypto::GitId commit;
  std::string destination;               ///< the directory to fill: an absolute path, absent
  std::vector<std::string> environment;  ///< more "NAME=value" for git: the proxies of the user

  bool operator==(const CommitRequest&) const = default;
};

/// A submodule as the tree of a commit names it; its directory is left empty.
struct CommitSubmodule {
  std::string path;
  crypto::GitId commit;

  bool operator==(const CommitSubmodule&) const = default;
};

/// What was checked out.
struct FetchedCommit {
  crypto::GitId tree;  ///< as git says; compare with archive::git_tree_id of what is on the disk
  std::vector<CommitSubmodule> submodules;

  bool operator==(const FetchedCommit&) const = default;
};

/// Fetches the commit with git and writes its tree, byte for byte, into `destination`; no .git is left there.
///
/// Asks for the commit alone; a server that gives out only its branches and tags is asked for those, 100
/// commits deep and at last whole. git gets no configuration of the system or the user, asks nothing, and
/// runs no hooks, filters or conversions of line ends. Links are as in the tree and may lead out:
/// archive::check_links(). Errors: not_found: git is not installed, or the repository does not have the
/// commit; network; invalid: the URL is of another kind; conflict: the destination exists; interrupted; io.
Result<FetchedCommit> fetch_commit_with_git(system::Runner& runner, const CommitRequest& request);

}  // namespace kpkg::fetch
