// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "settings/settings.hpp"
#include "tree/upstream_version.hpp"
#include "workflow/scratch.hpp"
#include "workflow/targets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// Where a kernel's source can come from when nobody names it, in the order in which it is looked for.
enum class SourceOrigin {
  configured,  ///< a [[kernel-source]] of kpkg.toml(5) that is for this kernel
  installed,   ///< a package of source that is installed in the root
  package,     ///< the same package, brought by apt
  mainline,    ///< the release of kernel.org
};

/// The stable name in JSON: "mainline".
std::string_view name_of(SourceOrigin origin);

/// One place that was looked at.
struct SourceStep {
  SourceOrigin origin = SourceOrigin::configured;
  std::string place;  ///< "linux-source-6.1 6.1.192-2", a URL, a file of the root
  bool is_taken = false;
  std::string text = {};  ///< why it is not taken, one clause; empty: it is
  std::string hint = {};  ///< what to do about it; may be empty

  bool operator==(const SourceStep&) const = default;
};

/// The source of a kernel, unpacked. It goes away with this object; whether it is the kernel's is for the
/// gates to say (tree/gates.hpp).
struct KernelSource {
  std::string directory;  ///< of the host
  std::string place;      ///< where it is from, as its step says
  tree::UpstreamVersion version;
  Scratch owner;
};

/// A kernel's source, or why there is none.
struct KernelSourceSearch {
  std::optional<KernelSource> source;
  std::vector<SourceStep> steps;  ///< the last one is taken if there is a source
};

/// Whether a network may be used.
enum class Downloads { no, yes };

struct KernelSourceRequest {
  Downloads downloads = Downloads::yes;
  std::uint64_t space =
      2'500'000'000;  ///< bytes that must be free: a package, the archive in it, and its files

  bool operator==(const KernelSourceRequest&) const = default;
};

/// Brings the source of exactly the version that a kernel was built of, from the first place that has it.
/// Without downloads, only an installed package is looked for.
///
/// The caller holds the lock: what an earlier run left when it was killed is removed. That no place has it is
/// an answer, and so is each failure of a place. Errors: those of tree::version_to_reconstruct(), before
/// anything is brought; invalid: the settings are wrong; interrupted; permission, io.
Result<KernelSourceSearch> obtain_kernel_source(const Workspace& workspace, const Target& target,
                                                const KernelSourceRequest& request);

}  // namespace kpkg::workflow
