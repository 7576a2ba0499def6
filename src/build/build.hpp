// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "build/first_error.hpp"
#include "kernel/kernel.hpp"
#include "recipe/recipe.hpp"
#include "system/jobserver.hpp"
#include "system/process.hpp"
#include "system/sandbox.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::build {

/// The Module.symvers of another recipe that was built before for the same kernel.
struct ChainedSymvers {
  std::string name;  ///< of that recipe, for ${symvers.NAME}
  std::string file;  ///< of the host

  bool operator==(const ChainedSymvers&) const = default;
};

/// What is built, for which kernel, and where.
struct BuildRequest {
  std::string name;    ///< of the recipe, for messages
  std::string source;  ///< of the host: the source tree, patched; it is only read
  recipe::Build build;
  std::vector<recipe::Module> modules;  ///< what must come out; empty: whatever comes out

  std::string release;       ///< of the kernel
  std::string arch;          ///< the kernel's word, "x86_64", "um"
  std::string cross_prefix;  ///< CROSS_COMPILE, "aarch64-linux-gnu-"; empty: for this machine
  std::string root = "/";    ///< host directory of the root whose paths follow
  kernel::KernelTree tree;
  std::vector<std::string> visible;  ///< of the root: what the tree refers to, the kernel's module directory
  std::vector<ChainedSymvers> symvers;

  std::string work;  ///< of the host: a directory for this build alone, made if absent; the caller removes it
  std::string log;   ///< of the host: the file that receives what the build prints
  std::string source_inside = "/build/source";  ///< the name of the private copy inside the sandbox
  std::int64_t source_date = 0;                 ///< SOURCE_DATE_EPOCH: seconds since the epoch
  std::chrono::minutes timeout{30};

  bool operator==(const BuildRequest&) const = default;
};

enum class BuildEnd {
  succeeded,
  failed,      ///< a step ended with a status other than 0
  incomplete,  ///< every step ended well, but a module that must come out did not
  timed_out,
  interrupted,  ///< kpkg was asked to stop
};

/// The end's stable name in JSON and in the store, for example "timed_out".
std::string_view name_of(BuildEnd end);

struct BuiltModule {
  std::string name;  ///< as the recipe names it, else the file's name without ".ko"
  std::string file;  ///< of the host, links followed, below the work directory

  bool operator==(const BuiltModule&) const = default;
};

/// What came out of a build. A build that failed is an answer, not an error.
struct BuildOutcome {
  BuildEnd end = BuildEnd::failed;
  std::vector<BuiltModule> modules;
  std::optional<std::string> symvers;  ///< of the host: the build's own Module.symvers, to chain
  std::string log;                     ///< of the host; bytes, not UTF-8
  std::optional<BuildError> error;     ///< why it did not succeed
  std::vector<std::string> notes;      ///< one clause each: another compiler, stale products, a second try
  std::size_t dropped_products = 0;    ///< stale .o, .ko ... that the source brought along
  std::string compiler;                ///< its version text
  system::SandboxStrength sandbox = system::SandboxStrength::user_only;
  std::string command;  ///< the steps as a person would type them, one a line
  std::chrono::milliseconds duration{0};
  std::chrono::microseconds cpu{0};

  bool succeeded() const { return end == BuildEnd::succeeded; }

  bool operator==(const BuildOutcome&) const = default;
};

/// Builds one source for one kernel in a private copy, confined, with no more jobs than the jobserver has
/// slots.
///
/// Errors: no_tree: the kernel has no usable tree; not_found: no compiler of the kernel's family;
/// unsupported: the sandbox has no mount namespace and the paths need one; invalid: a step names an unknown
/// placeholder.
Result<BuildOutcome> run_build(const BuildRequest& request, system::Runner& runner,
                               const system::Sandbox& sandbox, system::Jobserver& jobserver);

}  // namespace kpkg::build
