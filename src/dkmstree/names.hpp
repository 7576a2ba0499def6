// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace kpkg::dkmstree {

/// A module in one version, "M/V" to DKMS.
struct VersionId {
  std::string module;
  std::string version;

  std::string text() const { return module + "/" + version; }

  auto operator<=>(const VersionId&) const = default;
};

/// A kernel and its architecture, "K/A" to DKMS.
struct Target {
  std::string kernel;  ///< release
  std::string arch;    ///< as `uname -m` names it: "x86_64", "aarch64"

  std::string text() const { return kernel + "/" + arch; }

  auto operator<=>(const Target&) const = default;
};

/// A version built for one kernel and architecture, "M/V/K/A" to DKMS.
struct BuildId {
  std::string module;
  std::string version;
  Target target;

  VersionId of() const { return {module, version}; }
  std::string text() const { return of().text() + "/" + target.text(); }

  auto operator<=>(const BuildId&) const = default;
};

/// Whether DKMS lists a directory of that name among the kernels of a version unless it is asked for it:
/// digits, a dot, anything.
bool is_kernel_name(const std::string& name);

/// Whether DKMS passes over a directory of that name where it looks for versions: what it links installed
/// builds with.
bool is_link_name(const std::string& name);

/// Checks that DKMS, which takes directories for records, would find what is kept under these names, and
/// nothing else.
///
/// Errors: invalid: a name is empty, hidden, of more than one component, has control characters or blanks at
/// its ends, or is one that DKMS uses for something else.
Status check(const VersionId& id);
Status check(const BuildId& id);

/// The same of one name: `what` it is of is for the message.
Status check_name(std::string_view what, const std::string& name);

}  // namespace kpkg::dkmstree
