// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/kheaders.hpp"
#include "workflow/kernel_source.hpp"
#include "workflow/trees.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

// Private to workflow/: trees that are made of a kernel's source.

/// A source and where it is from.
struct TreeSource {
  std::string directory;                 ///< of the host; of a person's also an archive
  std::string place = {};                ///< "linux-source-6.1 6.1.192-2"; empty: a person named it
  std::optional<KernelSource> own = {};  ///< what goes away with this
};

/// The source that was named, else the kernel's from the first place that has it; every other one is told in
/// `steps`. Nothing: no place has it.
///
/// Errors: invalid: the settings are wrong; interrupted; no_space.
Result<std::optional<TreeSource>> find_source(const Workspace& workspace, const Target& target,
                                              const TreeRequest& request, std::vector<TreeStep>& steps);

/// What a tree is made of.
struct TreeParts {
  const TreeSource& source;
  std::optional<kernel::Kheaders> kheaders;  ///< whose headers it gets; nothing: the source's
  unsigned jobs = 0;
};

/// Makes the tree of a step at its place, where what was there goes away. With a text the step says why none
/// was made.
///
/// Errors: interrupted; no_space; permission, io.
Result<TreeStep> make_tree_of(const Workspace& workspace, Target target, TreeStep step, TreeParts parts);

}  // namespace kpkg::workflow
