// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/contents.hpp"
#include "dkmstree/step.hpp"
#include "dkmstree/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkmstree {

// What is to be done to a module's directory, which was read under the lock that its caller holds until the
// steps are performed. Wherever a kill ends them, DKMS sees the old state or the new one, and what is left
// over is hidden: the same steps, or those of steps_to_sweep(), remove it. All of them refuse names that DKMS
// would not find again (check() of names.hpp).

/// A file of a build.
struct BuildFile {
  std::string name;
  std::string bytes;

  bool operator==(const BuildFile&) const = default;
};

/// A finished build.
struct NewBuild {
  BuildId id;
  std::vector<BuildFile> modules;
  std::optional<std::string> symvers;
  std::optional<std::string> log;
  std::vector<Dependency> dependencies;

  bool operator==(const NewBuild&) const = default;
};

/// Registers a version whose source is in the source tree, also one that is broken since its link is missing
/// or dangles.
///
/// Errors: conflict: it is registered already, or has a source of its own.
Result<Steps> steps_to_add(const Places& places, const Module& now, const VersionId& id);

/// Removes a version with all its builds, and the module with its last version. The source stays.
///
/// Errors: not_found; conflict: it is installed for a kernel.
Result<Steps> steps_to_remove(const Places& places, const Module& now, const VersionId& id);

/// Puts a build in its place, at once, also where there is an older one or an unfinished one; what is left of
/// a failed build goes.
///
/// Errors: not_found: the tree has no such version.
Result<Steps> steps_to_put(const Places& places, const Module& now, NewBuild build);

/// Removes a build.
///
/// Errors: not_found; conflict: it is installed.
Result<Steps> steps_to_drop(const Places& places, const Module& now, const BuildId& id);

/// Makes a build the installed one of its kernel, in the place of any other version.
///
/// Errors: not_found: it is not built.
Result<Steps> steps_to_link(const Places& places, const Module& now, const BuildId& id);

/// Makes a build no longer the installed one; none if it is not.
Steps steps_to_unlink(const Places& places, const Module& now, const BuildId& id);

/// Forgets the modules that DKMS kept, after they were put back (contents.hpp); none if it keeps none.
Steps steps_to_drop_originals(const Places& places, const Module& now, const Target& target);

/// Leaves the log of a failed build where DKMS leaves it: build/make.log.
///
/// Errors: not_found: the tree has no such version.
Result<Steps> steps_to_leave_log(const Places& places, const Module& now, const VersionId& id,
                                 std::string log);

/// Removes what killed commands left over.
Steps steps_to_sweep(const Module& now);

}  // namespace kpkg::dkmstree
