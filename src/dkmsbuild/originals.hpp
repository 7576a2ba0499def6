// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/module_files.hpp"
#include "dkmsbuild/site.hpp"
#include "dkmsconf/conf.hpp"

#include <optional>
#include <string>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/: modules that stand where DKMS installs its own. A file of a package, and one of the
// kernel's own directory, stays where it is: depmod prefers updates/.

/// A module that is to be installed, and what may be in its way.
struct Newcomer {
  std::string name;
  std::string location;  ///< below the kernel's directory: "/updates/dkms"
  std::string suffix;    ///< of the kernel's modules: ".xz"

  bool operator==(const Newcomer&) const = default;
};

/// The file that is kept for the time after the newcomer, as DKMS chooses it; nothing: there is none.
Result<std::optional<std::string>> file_to_archive(const Site& site, const std::string& kernel,
                                                   const ModuleFiles& all, const Newcomer& newcomer);

/// Keeps a copy of the file where DKMS does, with a note of where it was, and tells of it.
Status archive(const Site& site, const dkmstree::BuildId& id, const std::string& file);

/// Whether a module of that name is kept for the kernel.
Result<bool> is_archived(const Site& site, const dkmstree::BuildId& id, const Newcomer& newcomer);

/// Puts back what is kept for the kernel and tells of it: at `module`'s turn, what was noted and what is
/// kept under its name.
Status put_back(const Site& site, const dkmstree::BuildId& id, const dkmsconf::ConfModule& module,
                const std::string& suffix);

/// Forgets what is kept for the kernel, and tells of it if there is anything left.
Status drop_archived(const Site& site, const dkmstree::BuildId& id);

}  // namespace kpkg::dkmsbuild
