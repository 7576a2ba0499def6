// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bundle/bundle.hpp"
#include "workflow/pair.hpp"
#include "workflow/session.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::workflow {

/// How the files of bundles end.
inline constexpr std::string_view bundle_extension = ".kpkg";

/// In place of the file that a recipe was read from: it came in a bundle. No path of a recipe is so short.
inline constexpr std::string_view bundle_origin = "bundle";

/// What was built for a kernel that stands in a file of facts, as one file for the machine that has it.
/// `pairs` are ready, all for that target and in the order of their recipes.
///
/// Errors: those of reading the store; unsupported: this libarchive cannot write zstd.
Result<std::string> packed(const Workspace& workspace, Session& session, const Target& target,
                           std::span<const LoadedRecipe> recipes, std::span<const PairResult> pairs);

/// Reads a bundle of the host. Errors: not_found, permission, io; those of bundle::read_bundle.
Result<bundle::Bundle> open_bundle(const std::string& file);

/// The kernel of this root that the bundle was built for. `names` are those of -k; empty: whichever it is.
///
/// Errors: incompatible: it is not here, was not named, or is another one that has the same release; both are
/// told.
Result<Target> target_of_bundle(const Workspace& workspace, const bundle::Bundle& bundle,
                                const std::vector<std::string>& names);

/// The recipes in the bundle, dependencies first.
///
/// Errors: invalid: one has mistakes, or another name than the bundle says.
Result<std::vector<LoadedRecipe>> recipes_of_bundle(const bundle::Bundle& bundle);

/// Refuses a bundle of which something was built in a tree that --allow-unverified is for.
///
/// Errors: incompatible.
Status must_be_allowed(const bundle::Bundle& bundle);

/// Remembers what is in the bundle as if it had been built here: files, recipes, builds. From then on
/// make_pairs() takes it for a recipe that came in a bundle, or where there is no tree to build in; nothing
/// of it was judged yet. `name` is for the records.
///
/// Errors: corrupt: what is called a module is none; those of writing the store.
Status take_bundle(const Workspace& workspace, Session& session, const bundle::Bundle& bundle,
                   const Target& target, const std::string& name);

/// Under which build a bundle's recipe for a kernel is kept. Whoever builds has other keys: compiler, headers
/// and source are not known to the machine that gets the bundle.
crypto::Digest bundle_key(std::string_view recipe_text, const Target& target);

}  // namespace kpkg::workflow
