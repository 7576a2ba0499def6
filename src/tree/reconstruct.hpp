// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/temp_dir.hpp"
#include "tree/architecture.hpp"
#include "tree/drift.hpp"
#include "tree/graft.hpp"
#include "tree/header_tree.hpp"
#include "tree/kbuild.hpp"
#include "tree/means.hpp"
#include "tree/upstream_version.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What a tree is made of, and where. All paths are of the host.
struct ReconstructionRequest {
  std::string source;        ///< the kernel's source: a directory, which is only read, or an archive of one
  std::string cross_prefix;  ///< CROSS_COMPILE, "aarch64-linux-gnu-"; empty: for this machine
  std::string work;         ///< made if absent; needs 50 MB, with an archive 2 GB, with `kheaders` up to that
  std::string destination;  ///< absent yet; the tree is made beside it, on the same file system
  std::string log;          ///< receives what make prints
  std::chrono::minutes timeout{30};
  /// What the kernel carries, which then stands in place of the source's headers; nothing: these are used.
  std::optional<kernel::Kheaders> kheaders = {};

  bool operator==(const ReconstructionRequest&) const = default;
};

/// One thing that was done, and what it took.
struct Step {
  std::string name;
  Effort effort;

  bool operator==(const Step&) const = default;
};

/// A tree that was made and is nobody's yet: it goes away with this object unless it is published. Whether
/// its source is the kernel's own is for the gates to say (gates.hpp). Owns the directories beside and below
/// work.
struct Reconstruction {
  std::string tree;  ///< the header tree, whole, beside its destination
  UpstreamVersion version;
  SourceArchitecture architecture;
  std::string compiler;               ///< its version text
  bool has_kernels_compiler = false;  ///< the version texts are equal
  std::string cross_prefix;           ///< as it was asked for
  Drift drift;
  std::optional<Graft> graft;  ///< nothing: its headers are the source's
  TreeSize size;
  std::vector<std::string> notes;  ///< one clause each: another compiler, what is not known
  std::vector<Step> steps;
  Kbuild kbuild;  ///< runs in the whole source and its objects, for the gates
  system::TempDir staging;
  system::TempDir work;
};

/// Makes a tree that modules of a kernel can be built in, of the kernel's configuration, its recovered
/// symbols and its source, without the kernel's headers. What is known of the kernel is believed, the source
/// is not. With the headers that the kernel carries, the source gives programs and makefiles, and may be one
/// that a vendor changed afterwards.
///
/// Errors: incompatible: the source is of another version, the configuration is for another machine, or
/// options that structs depend on got lost; not_found: nobody knows the configuration or the version, or
/// there is no compiler of the kernel's family; corrupt: what the kernel exports is not known; invalid: the
/// source was already configured, or is none; unsupported: the kernel's structs are shuffled; conflict: the
/// destination exists; build_failed: make says no; no_space; interrupted; permission, io.
/// Source: linux Documentation/kbuild/modules.rst, "modules_prepare".
Result<Reconstruction> reconstruct(const Subject& subject, const ReconstructionRequest& request,
                                   const Means& means);

/// The version of the source that reconstruct() would want of a kernel, once nothing but the source is
/// missing.
///
/// Calling this shows, before a source is brought here, that there would be no use for it.
/// Errors: those of reconstruct() that are not of the source.
Result<UpstreamVersion> version_to_reconstruct(const Subject& subject, const std::string& cross_prefix,
                                               system::Runner& runner);

/// Gives the tree its place, at once.
///
/// Errors: conflict: something else took it; no_space, permission, io.
Status publish(Reconstruction reconstruction, const std::string& destination);

/// Whether the name is that of a tree in one file, ".tar.zst" or ".tar.xz", and not of a directory.
bool is_packed_name(std::string_view name);

/// Packs the tree below `top`, one name, into the file `destination`, which appears whole or not at all;
/// returns its size in bytes. Equal trees give equal files; is_packed_name() holds of its name.
///
/// Errors: conflict: something else is there; those of archive::pack().
Result<std::uint64_t> publish_packed(Reconstruction reconstruction, std::string_view top,
                                     const std::string& destination);

/// How the directories begin in which trees are made, beside their destination.
constexpr const char* tree_staging_prefix = ".kpkg-tree-";

/// Removes the trees in `directory` of the host whose makers were killed. Those that are being made stay.
///
/// Errors: permission, io.
Status remove_abandoned_trees(const std::string& directory);

}  // namespace kpkg::tree
