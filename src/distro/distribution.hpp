// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::distro {

/// Which distribution a root is, as its os-release says.
struct Distribution {
  std::string id;                 ///< "debian"; "linux" when the file does not say, as os-release(5) has it
  std::string version;            ///< "12"; empty for rolling ones and for Debian's testing
  std::vector<std::string> like;  ///< relatives, closest first: {"ubuntu", "debian"}

  /// Whether it is `name` or says that it is derived from it.
  bool is_like(std::string_view name) const;

  bool operator==(const Distribution&) const = default;
};

/// Reads the text of an os-release. Lines that are no assignment are passed over, as a shell's reader of it
/// would not fail on them either. Source: os-release(5).
Distribution parse_os_release(std::string_view text);

/// Reads /etc/os-release, else /usr/lib/os-release; a root without them is "linux".
Result<Distribution> distribution_of(const system::Root& root);

}  // namespace kpkg::distro
