// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/process.hpp"
#include "system/root.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::install {

/// A module as the running kernel has it.
struct LoadedModule {
  std::string name;   ///< with underscores
  std::string state;  ///< "live", "coming", "going"
  std::optional<std::string> srcversion;
  std::string build_id_note;          ///< as its bytes stand in the module's file; empty: not known
  std::optional<std::int64_t> users;  ///< its reference count; nothing: the kernel cannot unload modules
  std::vector<std::string> holders;   ///< the modules that use it
  std::string taint;                  ///< letters of the kernel, "OE"; empty: none
  bool is_permanent = false;          ///< it has an init function and no exit function

  bool operator==(const LoadedModule&) const = default;
};

/// The module of that name in the running kernel, or nothing. A module that is built in is not a loaded one.
///
/// Source: linux Documentation/ABI/testing/sysfs-module, Documentation/ABI/stable/sysfs-module;
/// kernel/module/ procfs.c for "[permanent]", sysfs.c add_notes_attrs() for the notes.
Result<std::optional<LoadedModule>> loaded_module(const system::Root& root, const std::string& name);

enum class LoadOutcome {
  loaded,
  already_loaded_same,  ///< what is in the kernel has the srcversion or the build-id of the installed file
  older_loaded,         ///< another build of it is in the kernel; a reload or a reboot brings the new one
  no_device,            ///< it found no device (ENODEV, ENXIO): it stays installed
  refused,              ///< the loader said no: a defect of the judge, worth reporting
  init_failed,          ///< its own init function said no
  cannot_here,          ///< this kernel is not running here, loads no modules any more, or is busy with it
};

/// What became of one module.
struct LoadReport {
  std::string module;
  LoadOutcome outcome = LoadOutcome::cannot_here;
  std::string detail;  ///< one clause for people, in modprobe's words where it would say the same
  std::vector<std::string> holders;     ///< of an older one: the modules that use it
  std::string errno_name = {};          ///< what the kernel answered: "ENOEXEC"; empty: not known, or nothing
  std::vector<std::string> steps = {};  ///< what was done, in modprobe's words, dependencies first
  std::string culprit = {};             ///< the module that failed, if it is one that this one needs

  bool operator==(const LoadReport&) const = default;
};

/// What is to be loaded.
struct LoadRequest {
  std::string module;
  std::string kernel;   ///< release it is installed for
  std::string running;  ///< release of the kernel that runs this root, or empty if none does
  std::optional<std::string> srcversion;  ///< of the installed file
  std::string image = {};  ///< the installed file, unpacked; needed only if it has no srcversion

  bool operator==(const LoadRequest&) const = default;
};

/// Loads an installed module with its dependencies, unless one of that name is there already.
///
/// As modprobe does it: dependencies and soft ones first, with the options and the commands of modprobe.d.
/// Errors: not_found: kpkg's own program for it is not there; permission, io; interrupted.
Result<LoadReport> load(const LoadRequest& request, const system::Root& root, system::Runner& runner);

enum class UnloadOutcome {
  unloaded,
  not_loaded,
  in_use,       ///< by the holders, or by processes and devices
  permanent,    ///< it has no exit function, or the kernel cannot unload modules
  not_live,     ///< it is still starting or stopping
  failed,       ///< the kernel said no
  cannot_here,  ///< this kernel is not running here
};

struct UnloadReport {
  std::string module;
  UnloadOutcome outcome = UnloadOutcome::cannot_here;
  std::string detail;
  std::vector<std::string> holders;
  std::string errno_name = {};  ///< of `failed`; empty: not known

  bool operator==(const UnloadReport&) const = default;
};

/// Unloads a module if that is safe; never by force, and never modules that it depends on.
Result<UnloadReport> unload(const LoadRequest& request, const system::Root& root, system::Runner& runner);

/// The same for several modules, users before what they use: what is in use is tried again as long as others
/// go. The reports are in the order in which modules went; those that stay come last.
Result<std::vector<UnloadReport>> unload_all(std::vector<LoadRequest> requests, const system::Root& root,
                                             system::Runner& runner);

/// Whether the loaded module is the installed file of `request`, or nothing: neither says what it is.
///
/// A module has a srcversion only if it has a version or the kernel's configuration gives one to all
/// (CONFIG_MODULE_SRCVERSION_ALL); kbuild gives each a build-id.
std::optional<bool> is_same_build(const LoadRequest& request, const LoadedModule& module);

/// The stable names in JSON and in the store: "already_loaded_same".
std::string_view name_of(LoadOutcome outcome);
std::string_view name_of(UnloadOutcome outcome);
std::optional<LoadOutcome> load_outcome_named(std::string_view name);

}  // namespace kpkg::install
