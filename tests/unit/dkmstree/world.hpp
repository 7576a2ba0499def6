// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/change.hpp"
#include "dkmstree/inspect.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::dkmstree::world {

inline const Target old_kernel = {"6.1.0-9-amd64", "x86_64"};
inline const Target new_kernel = {"6.1.0-56-amd64", "x86_64"};

using Lines = std::vector<std::string>;

/// A root with a merged /usr and a tree in it as stock DKMS makes it.
class World {
 public:
  World();

  World& file(const std::string& path, std::string_view bytes = "x");
  World& directory(const std::string& path);
  World& link(const std::string& target, const std::string& path);
  World& gone(const std::string& path);

  /// `dkms add`: the source, with a dkms.conf that names one module, and the link to it.
  World& added(const std::string& module, const std::string& version);

  /// `dkms build`, by 3.4 and by 3.0.
  World& built(const std::string& module, const std::string& version, const Target& target);

  /// `dkms install`.
  World& installed(const std::string& module, const std::string& version, const Target& target);

  const system::Root& root() const { return root_; }
  Tree tree() const { return read_tree(root_, places); }
  Module module(const std::string& name) const;

  /// What `dkms status` prints.
  Lines status(const Filter& filter = {}) const;

  /// Every path below the tree, links with what they say.
  Lines paths() const;

  /// Performs steps that must be possible.
  void perform(const Result<Steps>& steps) const;

  Places places;

 private:
  std::string host(const std::string& path) const { return directory_.path() + path; }

  system::TempDir directory_ = *system::TempDir::create("/tmp", "kpkg dkmstree test-");
  system::Root root_ = *system::Root::open(directory_.path());
};

/// A build of one module with everything that DKMS keeps.
NewBuild a_build(const std::string& module, const std::string& version, const Target& target,
                 const std::string& bytes);

/// What a world may have of the module "a": the source of its version 1, the version, its build for the old
/// kernel, that installed.
void with_source(World& world);
void with_version(World& world);
void with_build(World& world);
void with_installed(World& world);

inline const VersionId a1 = {"a", "1"};
inline const BuildId a1_old = {"a", "1", old_kernel};

/// The changes of them.
Result<Steps> adding(const World& world);
Result<Steps> removing(const World& world);
Result<Steps> putting(const World& world);
Result<Steps> dropping(const World& world);
Result<Steps> linking(const World& world);
Result<Steps> unlinking(const World& world);

using Change = std::function<Result<Steps>(const World&)>;

/// Stops a change of a module, in a world that `make` makes, before each of its steps and within each that
/// takes time. After each stop `dkms status` must say what it said before or after the whole change; the
/// change made again must lead to where it leads without a stop, and a sweep must leave nothing over. The
/// number of stops.
int survive(const std::string& module, const std::function<void(World&)>& make, const Change& change);

}  // namespace kpkg::dkmstree::world
