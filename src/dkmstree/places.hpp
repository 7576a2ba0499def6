// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/names.hpp"

#include <string>
#include <string_view>

namespace kpkg::dkmstree {

/// Where things lie in the root. DKMS's framework.conf and its options --dkmstree, --sourcetree and
/// --installtree move the three trees.
struct Places {
  std::string dkms_tree = "/var/lib/dkms";
  std::string source_tree = "/usr/src";
  std::string install_tree = "/lib/modules";

  /// "/usr/src/M-V", where the source of a version is kept.
  std::string source_of(const VersionId& id) const;

  /// "/var/lib/dkms/M".
  std::string directory_of(const std::string& module) const;

  /// "/var/lib/dkms/M/V".
  std::string directory_of(const VersionId& id) const;

  /// "/var/lib/dkms/M/V/source", a link whose presence registers the version.
  std::string source_link_of(const VersionId& id) const;

  /// "/var/lib/dkms/M/V/build", where DKMS builds, and leaves make.log if that failed.
  std::string build_place_of(const VersionId& id) const;

  /// "/var/lib/dkms/M/V/tarball", where `dkms mktarball` puts what it makes.
  std::string tarballs_of(const VersionId& id) const;

  /// "/var/lib/dkms/M/V/K/A".
  std::string directory_of(const BuildId& id) const;

  /// "/var/lib/dkms/M/kernel-K-A", a link whose presence says that a build is installed.
  std::string installed_link_of(const std::string& module, const Target& target) const;

  /// "/var/lib/dkms/M/original_module/K/A", where DKMS keeps what it moved out of its way in the kernel's
  /// modules.
  std::string originals_of(const std::string& module, const Target& target) const;

  bool operator==(const Places&) const = default;
};

/// "kernel-K-A".
std::string installed_link_name(const Target& target);

/// What the link of an installed build says: "V/K/A".
std::string installed_target(const BuildId& id);

/// The name beside `path` under which something is made or taken apart unseen: DKMS passes over hidden names,
/// and removes ".tmp_*" with the version that has them.
std::string hidden_beside(const std::string& path);

/// Whether the last name of a path is such a one, DKMS's own of that kind included.
bool is_unseen(std::string_view path);

}  // namespace kpkg::dkmstree
