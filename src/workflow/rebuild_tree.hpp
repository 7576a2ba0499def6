// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tree/gates.hpp"
#include "workflow/targets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// What a tree is rebuilt of. Paths are of the host.
struct TreeWish {
  std::string source;  ///< the kernel's source, a directory or an archive
  /// Where the tree goes, absent yet: a directory, or a file that ends in .tar.zst or .tar.xz.
  std::string output;
  unsigned jobs = 0;                              ///< 0: one for each processor
  std::optional<kernel::Kheaders> kheaders = {};  ///< whose headers it gets; nothing: the source's
};

/// A tree that was made and compared with its kernel; whether it was put to its place.
struct RebuiltTree {
  std::string release;
  std::string output;
  bool is_published = false;
  tree::UpstreamVersion version;
  std::string compiler;
  tree::Drift drift;
  std::optional<tree::Graft> graft;
  tree::TreeSize size;
  std::optional<std::uint64_t> packed_size = {};  ///< bytes of the file that it went to; nothing: a directory
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

/// The headers that the target's kernel carries. Errors: as kernel::find_kheaders().
Result<std::optional<kernel::Kheaders>> kheaders_of(const Workspace& workspace, const Target& target);

/// rebuild_tree() with the headers that the kernel carries, if it does, and without them if that leads
/// nowhere.
///
/// Errors: as rebuild_tree().
Result<RebuiltTree> rebuild_best_tree(const Workspace& workspace, Target& target, TreeWish wish);

/// What became of the headers of a source, one clause each.
std::vector<std::string> told(const tree::Graft& graft);

}  // namespace kpkg::workflow
