// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace kpkg::dkms {

/// A module that autoinstall is to install in its newest version.
struct Candidate {
  dkmstree::VersionId id;
  std::vector<std::string> depends;  ///< BUILD_DEPENDS: names of modules
  bool is_built = false;

  bool operator==(const Candidate&) const = default;
};

/// A module that autoinstall knows, in its newest version.
struct KnownModule {
  dkmstree::VersionId id;
  bool is_installed = false;

  bool operator==(const KnownModule&) const = default;
};

/// The newest version of each module in the tree, in DKMS's order of modules; of broken ones it is told.
std::vector<KnownModule> newest_versions(const Context& context, const dkmstree::Tree& tree,
                                         const dkmstree::Target& target);

/// Whose turn it is, and how it all ended. Modules wait for those that they depend on; a module that is not
/// for the kernel keeps none waiting.
class AutoinstallPlan {
 public:
  /// `installed` are the modules that are installed already, `known` all in the tree.
  AutoinstallPlan(std::vector<Candidate> candidates, std::vector<std::string> installed,
                  std::set<std::string> known)
      : waiting_(std::move(candidates)), installed_(std::move(installed)), known_(std::move(known)) {}

  /// Those that wait for nobody any more, in their order; they wait no longer. None: it is over.
  std::vector<Candidate> next_round();

  /// How the attempt at a module of the round ended.
  void note(const std::string& module, ExitStatus status);

  /// Whether any attempt succeeded.
  bool has_installed() const { return successes_ > 0; }

  /// What is told at the end, in lines.
  std::string report(const std::string& kernel) const;

  /// Whether something failed, or waits for a module that is in the tree and could not be installed.
  bool has_failed() const;

 private:
  struct Missing {
    std::string known;    // names with a blank before each
    std::string unknown;  // to DKMS
  };

  std::vector<std::string> open_dependencies(const Candidate& candidate) const;
  Missing missing_of(const Candidate& candidate) const;

  std::vector<Candidate> waiting_;
  std::vector<std::string> installed_;
  std::vector<std::string> skipped_;
  std::vector<std::string> failed_;  // "name(10)"
  std::set<std::string> known_;
  std::size_t successes_ = 0;
  bool has_progressed_ = true;
};

}  // namespace kpkg::dkms
