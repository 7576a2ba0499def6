// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tree/gates.hpp"
#include "workflow/targets.hpp"

#include <string>
#include <vector>

namespace kpkg::workflow {

/// What a tree is rebuilt of. Paths are of the host.
struct TreeWish {
  std::string source;  ///< the kernel's source, a directory or an archive
  std::string output;  ///< where the tree goes; absent yet
  unsigned jobs = 0;   ///< 0: one for each processor
};

/// A tree that was made and compared with its kernel; whether it was put to its place.
struct RebuiltTree {
  std::string release;
  std::string output;
  bool is_published = false;
  tree::UpstreamVersion version;
  std::string compiler;
  tree::Drift drift;
  tree::TreeSize size;
  std::vector<std::string> notes;
  std::vector<tree::Step> steps;
  tree::Proof proof;
  std::string log;  ///< of the host
};

/// Rebuilds the tree of a kernel from its source and its running configuration, and proves it. Only a tree
/// that is exact or verified is put to its place; a refusal is an answer.
///
/// Errors: those of tree::reconstruct and tree::prove.
Result<RebuiltTree> rebuild_tree(const Workspace& workspace, Target& target, const TreeWish& wish);

}  // namespace kpkg::workflow
