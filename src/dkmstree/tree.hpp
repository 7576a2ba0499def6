// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/places.hpp"
#include "system/root.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmstree {

/// What a version has as its source.
enum class Source {
  present,    ///< a link to a directory: the version is registered
  dangling,   ///< a link to nothing
  directory,  ///< no link: `dkms ldtarball` makes that of a tarball without sources, and then does not list
              ///< it
  absent,
};

/// The directory of a build.
struct Build {
  Target target;
  bool has_modules = true;  ///< false: DKMS does not count it as built, and yet does not build over it

  bool operator==(const Build&) const = default;
};

struct Version {
  std::string version;
  Source source = Source::present;
  std::string source_target;     ///< what the link says; empty: it is none
  bool has_source_tree = false;  ///< /usr/src/M-V is a directory; not looked for if there is a link
  bool has_build_place = false;  ///< there is a build/, which may have the log of a failed build
  std::vector<Build> builds;     ///< in the order of DKMS: by the text "K/A"
  std::vector<std::string> tarballs;

  /// Whether DKMS says that it is added, and lets it be built.
  bool is_added() const { return source == Source::present; }

  /// Whether DKMS says that it is broken. What is neither added nor broken it does not list.
  bool is_broken() const;

  /// The build for `target`, be it without modules; nullptr: there is none.
  const Build* build_for(const Target& target) const;

  bool operator==(const Version&) const = default;
};

/// A link kernel-K-A.
struct InstalledLink {
  std::string name;
  std::string target;    ///< what it says, commonly "V/K/A"
  std::string leads_to;  ///< "V/K/A" of the same module; empty: it leads elsewhere or nowhere

  bool operator==(const InstalledLink&) const = default;
};

/// The directory of a module.
struct Module {
  std::string name;
  std::vector<Version> versions;     ///< by name
  std::vector<InstalledLink> links;  ///< by name
  std::vector<Target> originals;     ///< for which DKMS keeps modules that it moved out of its way
  std::vector<std::string>
      left_overs;  ///< paths of what a command began to make or to take apart when it was killed

  /// The version of that name; nullptr: there is none.
  const Version* version_of(const std::string& version) const;

  /// Whether a build is the one that the link of its kernel leads to. DKMS asks no more: its modules may be
  /// gone.
  bool is_installed(const std::string& version, const Target& target) const;

  bool operator==(const Module&) const = default;
};

/// All that is on disk; nothing is remembered elsewhere.
struct Tree {
  std::vector<Module> modules;  ///< by name
  std::vector<Error> problems;  ///< what could not be read, and is therefore absent above

  /// The module of that name; nullptr: there is none.
  const Module* module_of(const std::string& name) const;

  bool operator==(const Tree&) const = default;
};

/// Everything in the tree. Absent, it is empty.
Tree read_tree(const system::Root& root, const Places& places);

/// One module of it, of which a change is to be made; one that is absent has no versions.
///
/// Errors: invalid: no module can have that name; io, permission: a part of it cannot be read.
Result<Module> read_module(const system::Root& root, const Places& places, const std::string& name);

}  // namespace kpkg::dkmstree
