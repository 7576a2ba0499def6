// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "workflow/build_pair.hpp"
#include "workflow/pair.hpp"
#include "workflow/session.hpp"

#include <optional>
#include <span>
#include <vector>

namespace kpkg::workflow {

// Private to workflow/: how pairs go into the store and come out of it.

/// Keeps the finished files and remembers the build, the recipe and the sources. Fills what `result` says of
/// them.
Status record_built(const Workspace& workspace, store::Store& store, const Pair& pair, const BuiltPair& built,
                    PairResult& result);

/// Fills `result` from a build that succeeded; false: one of its files is gone.
Result<bool> take_earlier_build(const Workspace& workspace, store::Store& store,
                                const store::BuildRecord& earlier, PairResult& result);

/// The fingerprints of the result's modules.
Result<std::vector<abi::Fingerprint>> fingerprints_of(const PairResult& result);

/// Judges the modules of the result together where the `needed` ones are there too, sets the state, and
/// remembers the verdicts.
Status judge_and_record(const Workspace& workspace, store::Store& store, const Target& target,
                        std::span<const abi::Fingerprint> needed, PairResult& result);

}  // namespace kpkg::workflow
