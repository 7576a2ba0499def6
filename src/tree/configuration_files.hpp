// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg::tree {

/// The three files in which a tree holds one configuration.
struct ConfigurationFiles {
  std::string written;   ///< .config
  std::string settings;  ///< include/config/auto.conf
  std::string header;    ///< include/generated/autoconf.h

  bool operator==(const ConfigurationFiles&) const = default;
};

/// The files for a tree that shall have the configuration of its kernel again.
///
/// `kernel` is the text of the kernel's own configuration, `tree` what the tree has now, each empty if it has
/// not: of it only those options are taken that the kernel's does not have and that no module depends on
/// (distributions strip keys and the salt of what they install), and how it writes texts and numbers.
/// Source: linux Documentation/kbuild/kconfig.rst; auto.conf has texts without quotes since 5.17
/// (129ab0d2d9f3, "kbuild: do not quote string values in include/config/auto.conf").
ConfigurationFiles configuration_files(std::string_view kernel, const ConfigurationFiles& tree);

}  // namespace kpkg::tree
