// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/recipe.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// What a probe found.
enum class Answer { no, yes, unknown };

/// The kernel and the distribution that a recipe is asked about.
struct KernelConditions {
  std::string release;               ///< "6.1.0-56-amd64"
  std::string arch;                  ///< any word that kernel_arch() knows
  std::string distribution;          ///< ID of os-release: "debian"
  std::string distribution_version;  ///< VERSION_ID of os-release: "12"; empty where it has none (Debian sid)

  /// The value of "CONFIG_X" ("y", "m", a number ...), nothing if it is off; no function: nobody knows.
  std::function<std::optional<std::string>(std::string_view)> configuration;

  /// The answer to a probe; no function: every answer is unknown.
  std::function<Answer(const Probe&)> probe;
};

/// Who said how to build.
enum class BuildOrigin {
  written,  ///< a [build] of the recipe or of its variant
  implied,  ///< nobody: kbuild at the top, or the dkms.conf of an apt source
};

/// A recipe for one kernel: no conditions are left in it.
struct Resolved {
  std::optional<std::size_t> variant;  ///< which of Recipe::variants applies, counted from 0
  std::vector<Source> sources;
  std::vector<Patch> patches;  ///< those that apply, in the order of the recipe
  Build build;
  BuildOrigin build_origin = BuildOrigin::implied;
  std::vector<Module> modules;
  std::vector<std::string> exclusions;  ///< why the recipe does not want this kernel; empty: it does
  std::vector<std::string>
      unknowns;  ///< conditions that nobody could answer and that were taken as not holding

  bool excludes() const { return !exclusions.empty(); }

  bool operator==(const Resolved&) const = default;
};

/// What `recipe` means for one kernel: the first variant whose condition holds, and the patches that apply.
///
/// A condition that cannot be answered does not hold, except those of [kernel]: they exclude only what is
/// known to be wrong.
Resolved resolve(const Recipe& recipe, const KernelConditions& kernel);

}  // namespace kpkg::recipe
