// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/digest.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::store {

/// A recipe as it was used, so that a rebuild does not depend on the file still being there.
struct RecipeRecord {
  std::string name;
  std::string version;
  crypto::Digest digest;  ///< of `text`
  std::string text;
  std::int64_t when = 0;  ///< last used, seconds since the epoch

  bool operator==(const RecipeRecord&) const = default;
};

/// Where the bytes of one source came from.
struct SourceRecord {
  std::string recipe;
  std::string version;
  std::string kind;       ///< "url", "git", "apt" or "path"
  std::string identity;   ///< the URL, the commit or the package and its version
  crypto::Digest digest;  ///< of the archive, or of what was unpacked
  std::int64_t when = 0;  ///< seconds since the epoch

  bool operator==(const SourceRecord&) const = default;
};

/// What the person wants on every kernel, those that come later included.
struct WishRecord {
  enum class Automatic { no, yes };

  std::string recipe;
  std::string version;
  std::int64_t since = 0;                ///< seconds since the epoch
  Automatic automatic = Automatic::yes;  ///< whether new kernels get it without being asked
  std::string origin;                    ///< the path or name it was asked for by; empty: the recipe's name

  bool operator==(const WishRecord&) const = default;
};

/// Remembers that the recipe was used; the same name, version and digest again only renews the time.
Status remember_recipe(Store& store, const RecipeRecord& recipe);

/// The recipe of that name and version used last; an empty version means any.
Result<std::optional<RecipeRecord>> find_recipe(Store& store, const std::string& name,
                                                const std::string& version);

Status remember_source(Store& store, const SourceRecord& source);

/// The sources of the recipe, newest first; an empty version means any.
Result<std::vector<SourceRecord>> sources_of(Store& store, const std::string& recipe,
                                             const std::string& version);

/// Sets what is wanted of the recipe, in place of what was wanted before: one version of a recipe at a time.
Status wish_for(Store& store, const WishRecord& wish);
Status forget_wish(Store& store, const std::string& recipe);

/// Everything that is wanted, by name.
Result<std::vector<WishRecord>> wishes(Store& store);

}  // namespace kpkg::store
