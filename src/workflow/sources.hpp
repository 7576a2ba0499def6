// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "store/recipes.hpp"
#include "system/sandbox.hpp"
#include "system/temp_dir.hpp"
#include "workflow/recipes.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// One source of a recipe, known before its bytes are here: by the digest that the recipe names, by what was
/// recorded of an apt package, or by looking at a directory.
struct PartIdentity {
  recipe::Source source;
  std::string identity;   ///< for people and the records: the URL, the commit, "v4l2loopback-dkms 0.12.7-2"
  crypto::Digest digest;  ///< of the bytes or of the tree id
  std::string version;    ///< that the source tells; empty: it does not
  std::string package_version;  ///< of an apt package
  std::string directory;        ///< of a path source, on the host

  bool operator==(const PartIdentity&) const = default;
};

/// A recipe's whole source, before it is here.
struct SourceIdentity {
  std::string version;  ///< of the recipe, or what its apt source tells
  crypto::Digest digest;
  std::vector<PartIdentity> parts;

  bool operator==(const SourceIdentity&) const = default;
};

/// What decides which source is meant.
struct SourceWish {
  std::string directory;               ///< of --source; empty: the recipe's own sources
  bool upgrade = false;                ///< take the newest version of apt packages
  std::optional<std::string> version;  ///< of NAME@VERSION: what a source without a written version must have
};

/// Says what the source is, asking apt only for what was never recorded or is to be upgraded.
///
/// Errors: not_found: no such directory or package, or another version than the wish; those of
/// distro::download_package.
Result<SourceIdentity> identify_source(const Workspace& workspace, const LoadedRecipe& loaded,
                                       const std::vector<recipe::Source>& sources, const SourceWish& wish,
                                       const std::vector<store::SourceRecord>& recorded);

/// A source tree on the host, complete and patched; it is only read from now on.
struct SourceTree {
  std::string directory;
  std::optional<system::TempDir> owner;  ///< nothing: the directory is the user's own
};

/// Brings every part here, checks each before it is used, puts them together and applies the patches.
///
/// Errors: trust: a digest or a tree id differs; those of fetch/, archive/ and distro/; build_failed: a patch
/// does not apply.
Result<SourceTree> obtain_source(const Workspace& workspace, const LoadedRecipe& loaded,
                                 const SourceIdentity& identity, const std::vector<recipe::Patch>& patches,
                                 const system::Sandbox& sandbox);

}  // namespace kpkg::workflow
