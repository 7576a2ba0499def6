// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"
#include "base/error.hpp"
#include "build/first_error.hpp"
#include "recipe/resolve.hpp"
#include "store/builds.hpp"
#include "workflow/recipes.hpp"
#include "workflow/sources.hpp"
#include "workflow/targets.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// How one recipe stands with one kernel after a command looked at it.
enum class PairState {
  ready,     ///< its modules are built and the kernel would load them
  excluded,  ///< the recipe does not want this kernel
  no_tree,   ///< the kernel has no usable headers
  build_failed,
  refused,  ///< built, and the kernel would not load the result
  failed,   ///< something could not be done: see `error`
};

/// The stable name in JSON: "build_failed".
std::string_view name_of(PairState state);

/// A finished module of the pair with what was said of it.
struct JudgedModule {
  store::ArtifactRecord artifact;
  abi::Verdict verdict;

  bool operator==(const JudgedModule&) const = default;
};

/// What came of one recipe and one kernel: a value, whatever happened; a failure of one pair never stops
/// another.
struct PairResult {
  std::string recipe;
  std::string version;
  std::string kernel;
  PairState state = PairState::failed;
  bool is_critical = false;  ///< the recipe says that a kernel without it is not good enough
  bool was_built = false;    ///< false: the artifacts of an earlier build were taken
  std::int64_t build = 0;    ///< its record; 0: none
  store::TreeRecord tree;    ///< that its modules were built in
  crypto::Digest source;     ///< of all its sources; zeros: they were not asked for
  std::vector<JudgedModule> modules;
  std::vector<store::ArtifactRecord> files;  ///< what the build keeps besides modules: rules, Module.symvers
  std::vector<std::string> reasons;          ///< why it is excluded, one clause each
  std::vector<std::string> notes;
  std::optional<build::BuildError> first_error;
  std::string log;                        ///< path in the root; empty: none
  std::optional<Error> error;             ///< of no_tree and failed
  std::chrono::milliseconds duration{0};  ///< of the build

  bool is_ready() const { return state == PairState::ready; }
};

/// The kind of failure that this result stands for; nothing for one that is ready.
std::optional<ErrorKind> failure_of(const PairResult& result);

/// One line for people: what happened to which recipe on which kernel. A refusal has all its findings, a line
/// each.
std::string summary_of(const PairResult& result);

/// A recipe for one kernel, ready to be built.
struct Pair {
  const LoadedRecipe* recipe = nullptr;
  const SourceIdentity* source = nullptr;
  const Target* target = nullptr;
  recipe::Resolved resolved;
  crypto::Digest key;  ///< equal keys give equal artifacts
};

}  // namespace kpkg::workflow
