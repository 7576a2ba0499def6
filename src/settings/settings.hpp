// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace kpkg::settings {

/// When a kernel's header package is installed where none is.
enum class InstallHeaders {
  ask,     ///< when a person who runs the command says so, --yes included
  always,  ///< without asking
  never,   ///< what the package holds is unpacked privately instead
};

/// The table [headers].
struct Headers {
  InstallHeaders install = InstallHeaders::ask;

  bool operator==(const Headers&) const = default;
};

/// The table [mainline]: where the source of a release of kernel.org is.
struct Mainline {
  /// With the placeholders {version} ("6.6.31") and {major} ("6"); empty: such source is not looked for.
  std::string url = "https://cdn.kernel.org/pub/linux/kernel/v{major}.x/linux-{version}.tar.xz";
  std::string digests = "https://cdn.kernel.org/pub/linux/kernel/v{major}.x/sha256sums.asc";
  std::string keyring;  ///< in the root: the keys of which one must have signed the list; empty: nobody asks
  bool enabled = true;

  /// Whether mainline source may be fetched: a tarball whose digest nobody tells is of no use.
  bool is_on() const { return enabled && !url.empty() && !digests.empty(); }

  bool operator==(const Mainline&) const = default;
};

/// One table [[kernel-source]]: where the source of some kernels is; either `url` or `git` is written.
struct KernelSource {
  std::string kernel;  ///< a shell's pattern of releases, "6.6.31-current-*"
  std::string url;     ///< an archive; needs `sha256`
  std::string sha256;  ///< 64 lower-case hexadecimal digits, or empty
  std::string git;     ///< a repository; needs `commit`
  std::string commit;  ///< 40 lower-case hexadecimal digits, or empty

  bool operator==(const KernelSource&) const = default;
};

/// What the administrator of a root has decided once, as kpkg.toml(5) describes it.
struct Settings {
  Headers headers;
  Mainline mainline;
  std::vector<KernelSource> kernel_sources;  ///< in the order of the files

  bool operator==(const Settings&) const = default;
};

}  // namespace kpkg::settings
