// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "workflow/pair.hpp"
#include "workflow/session.hpp"
#include "workflow/trees.hpp"

#include <span>
#include <string>
#include <vector>

namespace kpkg::workflow {

enum class Force { no, yes };

/// What the builder of pairs is told.
struct MakeRequest {
  std::vector<LoadedRecipe> recipes;  ///< dependencies first
  std::span<const Target> targets;
  SourceWish source;  ///< applies to the recipes that were named
  std::vector<std::string>
      named;               ///< names of the recipes that the person named; the others are dependencies
  unsigned jobs = 0;       ///< 0: one for each processor
  TreeRequest trees = {};  ///< how each kernel that something is built for gets its tree
};

/// Brings every recipe of the request to every kernel of the request, as far as finished and judged modules
/// in the store.
///
/// What was built before from the same recipe, source, kernel and compiler is taken as it is. Builds run in
/// parallel under one job limit, a recipe after those that it depends on, whose symbols it is given. The
/// results are in the order of the request: recipe by recipe, kernel by kernel. Errors: only what ends the
/// whole command: interrupted, the store cannot be written, no sandbox at all.
Result<std::vector<PairResult>> make_pairs(const Workspace& workspace, Session& session,
                                           const MakeRequest& request);

}  // namespace kpkg::workflow
