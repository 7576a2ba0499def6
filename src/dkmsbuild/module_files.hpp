// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// The module files of a kernel, whoever put them there, as they were at one moment. Owns their list.
class ModuleFiles {
 public:
  /// Everything below the kernel's directory, links not followed; what cannot be read is passed over.
  static ModuleFiles find(const Site& site, const std::string& kernel);

  /// How they are compressed: ".gz", ".xz", ".zst", or empty; of several the last of these.
  /// Source: dkms 3.4.3, set_module_suffix().
  const std::string& suffix() const { return suffix_; }

  /// The regular files of a module, uncompressed or with the suffix: those that are loaded in the place of
  /// others first.
  std::vector<std::string> named(const std::string& name) const;

 private:
  struct File {
    std::string path;
    std::string name;
  };

  std::string top_;
  std::vector<File> files_;
  std::string suffix_;
};

}  // namespace kpkg::dkmsbuild
