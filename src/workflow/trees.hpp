// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tree/attest.hpp"
#include "workflow/header_installer.hpp"
#include "workflow/targets.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::workflow {

/// Where a kernel's tree can come from, in the order in which it is looked for.
enum class TreeOrigin {
  named,      ///< a person said where it is
  installed,  ///< a package or a person put it where kernels have it
  mended,     ///< a private copy of an installed one
  packages,   ///< unpacked of the distribution's packages, which nobody installed
  source,     ///< the kernel's source, looked for where nobody named it: no tree yet
  kheaders,   ///< made of the headers that the kernel carries and of source of the same version
  rebuilt,    ///< made of the kernel's source and its own configuration
};

/// The stable name in JSON: "mended".
std::string_view name_of(TreeOrigin origin);

/// One place that was looked at.
struct TreeStep {
  TreeOrigin origin = TreeOrigin::installed;
  std::string place;  ///< in the root
  bool is_taken = false;
  std::string text = {};  ///< why it is not taken, one clause; empty: it is
  std::string hint = {};  ///< what to do about it; may be empty
  std::optional<tree::Attestation> attestation = {};
  std::vector<std::string> repairs = {};  ///< what was mended in a copy
  std::vector<std::string> notes = {};    ///< how it came there, or why it did not come another way

  bool operator==(const TreeStep&) const = default;
};

/// The tree that a kernel's modules are built in, and how it was found.
struct ResolvedTree {
  std::optional<kernel::KernelTree> tree;  ///< nothing: no place has one that describes the kernel
  std::vector<TreeStep> steps;
  bool is_mendable = false;  ///< none was taken, and one could be mended in a copy if trees were made

  /// The step whose tree was taken; null: none was.
  const TreeStep* taken() const;

  bool operator==(const ResolvedTree&) const = default;
};

/// Whether a tree may be made in the cache where none that is there is good.
enum class MakeTrees {
  no,
  offline,  ///< of what is here: a hook has no network
  yes,      ///< packages and sources may be downloaded
};

struct TreeRequest {
  tree::Depth depth = tree::Depth::files;
  MakeTrees make = MakeTrees::no;
  /// A directory of the root, or a tree in one file of the host; empty: look where trees usually are.
  std::string named = {};
  std::string source = {};  ///< of the host: the kernel's source, unpacked or not; empty: it is looked for
  bool allows_unverified = false;      ///< takes a copy of which nothing proves that it describes the kernel
  unsigned jobs = 0;                   ///< 0: one for each processor
  HeaderInstaller* headers = nullptr;  ///< borrowed, used under MakeTrees::yes; null: nothing is installed

  bool operator==(const TreeRequest&) const = default;
};

/// Finds the tree of a kernel: the first that describes it, as far as can be told. A tree that does not is
/// mended in a private copy, if that is wanted; files of packages are never changed.
///
/// Errors: interrupted; no_space; permission, io. That there is no tree is an answer.
Result<ResolvedTree> resolve_tree(const Workspace& workspace, const Target& target,
                                  const TreeRequest& request);

/// Gives the target the tree that its modules shall be built in, and a note where that is not the one that
/// is installed; without a good tree it keeps none, and its problem names the reasons.
///
/// Errors: as resolve_tree().
Status provide_tree(const Workspace& workspace, Target& target, const TreeRequest& request);

}  // namespace kpkg::workflow
