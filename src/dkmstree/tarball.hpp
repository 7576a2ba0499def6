// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/change.hpp"
#include "dkmstree/tree.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmstree {

/// What `dkms mktarball` is asked for.
struct TarballRequest {
  enum class Parts { source_and_builds, source_only, builds_only };

  VersionId id;
  std::vector<Target> targets;  ///< none for the source only
  Parts parts = Parts::source_and_builds;

  bool operator==(const TarballRequest&) const = default;
};

/// The name that DKMS gives to a tarball if it is told none: "M-V-kernelK-A-kernelK2-A2.dkms.tar.gz", of many
/// kernels "M-V-manykernels.dkms.tar.gz", of the source "M-V-source-only.dkms.tar.gz".
std::string tarball_name(const TarballRequest& request);

/// Writes a tarball that `dkms ldtarball` takes to `file` of the host, whose directory must exist. Equal
/// sources and builds with equal times of their dkms.conf give equal bytes (archive/pack.hpp).
///
/// Errors: not_found: the version or a build is not in the tree, or the version has no dkms.conf; as
/// archive::pack().
Status write_tarball(const system::Root& root, const Places& places, const Module& now,
                     const TarballRequest& request, const std::string& file);

/// A source in a tarball.
struct TarballSource {
  enum class Kind {
    tree,         ///< with everything that a build needs
    only_a_conf,  ///< a dkms.conf alone, beside finished builds
  };

  Kind kind = Kind::tree;
  std::string directory;  ///< of the host; has a dkms.conf

  bool operator==(const TarballSource&) const = default;
};

/// A finished build in a tarball.
struct TarballBuild {
  Target target;
  std::string directory;  ///< of the host

  bool operator==(const TarballBuild&) const = default;
};

/// What was in a tarball.
struct Tarball {
  bool is_made_by_dkms = false;  ///< false: it is somebody's source; the dkms.conf nearest to its top counts
  std::vector<TarballSource>
      sources;  ///< DKMS takes the first whose dkms.conf is good; none: the tarball is of no use
  std::vector<TarballBuild> builds;  ///< by the text "K/A"

  bool operator==(const Tarball&) const = default;
};

/// Unpacks a tarball into `directory` of the host, which is absent or empty, and finds its parts. Nothing is
/// written elsewhere, and hostile archives are refused (archive/unpack.hpp).
///
/// Errors: as archive::unpack(); invalid: a build for a kernel or architecture of an impossible name.
Result<Tarball> unpack_tarball(const std::string& file, const std::string& directory);

/// A build of a tarball, to be put in the tree (steps_to_put). What DKMS would not have put there is left
/// out.
///
/// Errors: corrupt: a part of it is no regular file.
Result<NewBuild> read_tarball_build(const TarballBuild& build, const VersionId& id);

}  // namespace kpkg::dkmstree
