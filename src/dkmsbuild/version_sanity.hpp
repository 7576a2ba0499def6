// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/module_files.hpp"
#include "dkmsbuild/site.hpp"
#include "dkmsconf/conf.hpp"

#include <optional>
#include <string>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// What a module file says of its version.
struct ModuleVersion {
  std::string version;     ///< the first word; empty: it says none
  std::string srcversion;  ///< or the checksum that older kernels put behind the version

  bool operator==(const ModuleVersion&) const = default;
};

enum class Newness { same, same_version, newer, older };

/// How the first stands to the second, as DKMS compares them.
Newness compare(const ModuleVersion& first, const ModuleVersion& second);

Result<ModuleVersion> version_of(const system::Root& root, const std::string& file);

/// One module that is to be installed.
struct Candidate {
  std::string name;         ///< "dahdi"
  std::string file;         ///< of the build, in the root
  std::string obsolete_by;  ///< of the dkms.conf

  bool operator==(const Candidate&) const = default;
};

/// Whether the module may be installed beside what the kernel has of that name; else it is said why not.
/// Source: dkms 3.4.3, check_version_sanity().
Result<bool> is_sane(const Site& site, const std::string& kernel, const ModuleFiles& all,
                     const Candidate& candidate, const Choices& choices);

}  // namespace kpkg::dkmsbuild
