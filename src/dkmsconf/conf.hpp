// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsconf/framework.hpp"
#include "dkmsconf/interpreter.hpp"
#include "dkmsconf/remark.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::dkmsconf {

/// What a configuration is read for.
enum class Purpose {
  looking,   ///< status, uninstall, unbuild, remove: what has become wrong must not be in the way
  changing,  ///< add, build, install: a module that comes twice is an error, and old directives are told of
};

/// Which dkms.conf is read, and for which kernel. Paths are absolute inside the root.
struct ConfRequest {
  std::string module;  ///< as it stands in the tree; empty, with its version: not known before it is read
  std::string version;
  std::string kernel;                        ///< its release
  std::string arch;                          ///< in the word of uname -m
  std::string conf_file = {};                ///< -c, or that of a source; empty: that of the tree
  std::string kernel_source_dir = {};        ///< --kernelsourcedir; empty: `build` of the kernel's modules
  std::string kernel_config = {};            ///< --config; empty: that of the directory above
  std::vector<std::string> directives = {};  ///< --directive: "NAME=value"
  Purpose purpose = Purpose::looking;

  bool operator==(const ConfRequest&) const = default;
};

enum class Standing {
  valid,
  bad,      ///< it says something that no dkms.conf can: exit status 8
  missing,  ///< there is no such file: exit status 4
};

/// One record of BUILT_MODULE_NAME and its family.
struct ConfModule {
  std::string built_name;          ///< without ".ko"
  std::string built_location;      ///< below the build directory, with "/" at its end; or empty
  std::string installed_name;      ///< without ".ko"
  std::string installed_location;  ///< below the kernel's modules, "/updates/dkms"
  std::string declared_location;   ///< as it is written, whatever the distribution makes of it
  bool is_stripped = true;
  bool is_excluded = false;  ///< not for this kernel, architecture or configuration (BUILD_EXCLUSIVE_…)

  bool operator==(const ConfModule&) const = default;
};

/// Scripts with their arguments; an empty one is not run.
struct Scripts {
  std::string post_add;
  std::string pre_build;
  std::string post_build;
  std::string pre_install;
  std::string post_install;
  std::string post_remove;

  bool operator==(const Scripts&) const = default;
};

/// What a dkms.conf means for one kernel. Where its standing is bad, the values are those that DKMS goes on
/// with when it only looks.
struct Conf {
  Standing standing = Standing::valid;
  std::vector<Remark> remarks;  ///< what DKMS prints while it reads it, in that order
  std::string package_name;
  std::string package_version;
  std::vector<ConfModule> modules;
  std::string make_command;          ///< as it is written, or the generic one
  std::vector<std::string> patches;  ///< those for this kernel, in their order
  Scripts scripts;
  std::vector<std::string> build_depends;  ///< package names of other modules
  bool is_rebuilt_after_these = false;     ///< BUILD_DEPENDS_REBUILD
  bool is_installed_by_itself = false;     ///< AUTOINSTALL
  bool has_no_weak_modules = false;        ///< NO_WEAK_MODULES
  std::string obsolete_by;                 ///< a kernel that has the module itself
  bool is_excluded = false;                ///< no module is for this kernel: exit status 77
  bool has_exclusions = false;             ///< a BUILD_EXCLUSIVE_… is set, whatever it says

  bool operator==(const Conf&) const = default;
};

/// Reads a dkms.conf, then what the administrator has in /etc/dkms for the module, its version, the kernel
/// and the architecture, then the directives: as DKMS 3.4 does, by bash. Values are evaluated twice, and
/// again for each further file.
///
/// Beyond DKMS, names that lead out of the directory they belong to are errors of the configuration, and so
/// are files that end the shell that reads them or take too long, and records beyond 4096.
///
/// Errors: invalid: module, version, kernel or architecture is no name of a file; those of Interpreter::ask.
Result<Conf> read_conf(const ConfRequest& request, const Framework& framework, Interpreter& interpreter,
                       const Means& means);

/// The same, if it is remembered or there is no such file: no program is run. Nothing: it has to be read.
///
/// Errors: invalid; those of Interpreter::recall.
Result<std::optional<Conf>> recalled_conf(const ConfRequest& request, const Framework& framework,
                                          Interpreter& interpreter);

/// Whether the configuration says of every kernel what it says of that of `request`, but for the command that
/// makes: its file refers to nothing of a kernel, no directive in it depends on one, and nothing overrides
/// it. No program is run; false where that cannot be seen at first sight.
///
/// Errors: those of question_of: invalid, io, permission.
Result<bool> is_of_every_kernel(const ConfRequest& request, const Framework& framework,
                                Interpreter& interpreter);

/// Where the dkms.conf of a module in the tree is.
std::string conf_file_in_tree(const Framework& framework, std::string_view module, std::string_view version);

/// What DKMS ends with where the standing of a configuration does not let it go on; nothing: it goes on.
/// `named` is the path as it was given on the command line; DKMS names no other.
std::optional<Refusal> refusal_of(const Conf& conf, const ConfRequest& request, const Framework& framework,
                                  std::string_view named);

/// What it ends with where no module is for this kernel: a warning, and 77.
std::optional<Refusal> exclusion_of(const Conf& conf, const ConfRequest& request, const Framework& framework);

/// The command as it is run: a leading `make` gets the number of jobs and the kernel's release.
std::string command_with_jobs(std::string_view make_command, std::string_view parallel_jobs,
                              std::string_view kernel);

}  // namespace kpkg::dkmsconf
