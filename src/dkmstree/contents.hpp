// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/places.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkmstree {

/// A module that a build depended on, and in which version: what a file .dep_NAME says.
struct Dependency {
  std::string module;
  std::string version;

  bool operator==(const Dependency&) const = default;
};

/// What the directory of a build has.
struct Contents {
  std::vector<std::string> modules;  ///< names of files: "dahdi.ko.xz"; sorted
  bool has_symvers = false;          ///< module/Module.symvers
  bool has_log = false;              ///< log/make.log
  std::vector<Dependency> dependencies;

  bool operator==(const Contents&) const = default;
};

/// What is there of a build, whose directory Places names; of one that is absent, nothing. What is of no
/// known kind is passed over.
///
/// Errors: io, permission.
Result<Contents> read_contents(const system::Root& root, const std::string& directory);

/// A module that DKMS moved out of its way when it installed its own.
struct OriginalModule {
  std::string path;                   ///< where it is kept
  std::optional<std::string> origin;  ///< where it was; nothing: before 3.1.7 DKMS did not note it

  bool operator==(const OriginalModule&) const = default;
};

/// The modules that DKMS keeps to put back when its own are uninstalled, by path. Of several that had one
/// name it keeps all and puts none back: those below collisions/ are not among these.
///
/// An origin is what a file says, and may be any path. Errors: io, permission; corrupt: an origin of more
/// than 4096 bytes.
Result<std::vector<OriginalModule>> read_originals(const system::Root& root, const Places& places,
                                                   const std::string& module, const Target& target);

/// The name of the file of a module, without ".ko" and what its compression adds; nothing: it is none.
std::optional<std::string> module_of_file(std::string_view name);

}  // namespace kpkg::dkmstree
