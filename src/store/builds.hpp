// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/digest.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::store {

enum class BuildOutcome { succeeded, failed, timed_out, interrupted };

/// The stable name in JSON and in the database: "timed_out".
std::string_view name_of(BuildOutcome outcome);
std::optional<BuildOutcome> build_outcome_named(std::string_view name);

/// The tree that a build was made in. The names are those of workflow::TreeOrigin, tree::Standing and
/// tree::Gate.
struct TreeRecord {
  std::string path;                  ///< in the root, or where it was built; empty: not known
  std::string origin = "unknown";    ///< "mended"; unknown: nobody wrote it down
  std::string standing = "unknown";  ///< what it was worth when the build was made: "verified"
  std::vector<std::string> proofs;   ///< what proved that it describes the kernel: "types"; empty: nothing

  bool operator==(const TreeRecord&) const = default;
};

/// One build of one recipe for one kernel.
struct BuildRecord {
  std::int64_t id = 0;  ///< given by record_build
  crypto::Digest key;  ///< over recipe, source, kernel identity and compiler: equal keys give equal artifacts
  std::string recipe;
  std::string version;
  std::string kernel;        ///< release
  std::int64_t started = 0;  ///< seconds since the epoch
  std::int64_t duration_ms = 0;
  std::int64_t cpu_ms = 0;  ///< of the build's processes
  BuildOutcome outcome = BuildOutcome::failed;
  std::string command;
  std::string compiler;
  std::string sandbox;      ///< the strength that was had: "namespaces"
  std::string log;          ///< path in the root; empty: none
  std::string first_error;  ///< the line that a person should read first; empty: none
  TreeRecord tree;          ///< of its artifacts too

  bool operator==(const BuildRecord&) const = default;
};

/// One finished module file of a build, or another file that is kept with it: its Module.symvers, rules for
/// udev.
struct ArtifactRecord {
  std::int64_t build = 0;
  std::string module;       ///< empty: the file is not a module
  std::string file_name;    ///< "tty0tty.ko.xz"; each once in a build
  crypto::Digest digest;    ///< of the file as it is installed
  std::uint64_t size = 0;   ///< bytes
  std::string fingerprint;  ///< JSON text of the abi::Fingerprint; empty: not a module
  std::optional<std::string> srcversion;

  bool operator==(const ArtifactRecord&) const = default;
};

/// Remembers the build and its artifacts at once, and yields the build's id.
Result<std::int64_t> record_build(Store& store, const BuildRecord& build,
                                  const std::vector<ArtifactRecord>& artifacts);

Result<std::optional<BuildRecord>> find_build(Store& store, std::int64_t id);

/// The newest build with that key that succeeded.
Result<std::optional<BuildRecord>> newest_success(Store& store, const crypto::Digest& key);

/// The newest build of the recipe for the kernel, whatever its outcome; an empty version means any.
Result<std::optional<BuildRecord>> newest_build(Store& store, const std::string& recipe,
                                                const std::string& version, const std::string& kernel);

/// The newest build of the recipe for the kernel that did not succeed.
Result<std::optional<BuildRecord>> newest_failure(Store& store, const std::string& recipe,
                                                  const std::string& kernel);

/// The builds of the recipe, newest first, at most `limit`; an empty name means every recipe.
Result<std::vector<BuildRecord>> build_history(Store& store, const std::string& recipe,
                                               std::int64_t limit = 100);

/// By module name.
Result<std::vector<ArtifactRecord>> artifacts_of(Store& store, std::int64_t build);

/// The artifact of that digest made last.
Result<std::optional<ArtifactRecord>> find_artifact(Store& store, const crypto::Digest& digest);

/// The artifacts that are neither installed nor made by the newest success of a recipe, version and kernel,
/// nor the last that loaded of a module and kernel; `kpkg gc` may drop their files.
Result<std::vector<crypto::Digest>> unneeded_artifacts(Store& store);

/// Forgets the artifact, its verdicts included; its build stays in the history.
Status forget_artifact(Store& store, const crypto::Digest& digest);

}  // namespace kpkg::store
