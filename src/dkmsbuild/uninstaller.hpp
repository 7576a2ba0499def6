// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/conf_reader.hpp"
#include "dkmsconf/conf.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// Uninstalls one version from one kernel. Owns nothing.
class Uninstaller {
 public:
  Uninstaller(const Site& site, ConfReader& reader, const Choices& choices, const Task& task);

  /// What `dkms uninstall` does with a version that is installed, and DKMS itself with one that is not.
  Result<ExitStatus> uninstall();

  /// Takes back what was installed where depmod failed, and says so.
  Status take_back();

 private:
  Result<std::string> location_of(const dkmsconf::ConfModule& module) const;
  Status remove_files(const dkmsconf::Conf& conf);
  Status unlink();
  Status index(const dkmsconf::Conf& conf);

  const Site& site_;
  ConfReader& reader_;
  const Choices& choices_;
  const Task& task_;
  dkmstree::Places places_;
  std::string suffix_;
};

}  // namespace kpkg::dkmsbuild
