// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/signing.hpp"
#include "dkmsbuild/workplace.hpp"
#include "dkmsconf/conf.hpp"
#include "dkmstree/change.hpp"

#include <optional>
#include <string>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// How the modules of a build are made ready for their kernel.
struct Polish {
  std::optional<Signing> signing;
  std::string suffix;    ///< ".xz"; empty: modules are not compressed
  std::string compiler;  ///< CC: "clang" has a strip of its own

  bool operator==(const Polish&) const = default;
};

/// The module, stripped, signed and compressed, with what DKMS prints of it; `build_place` is the name that
/// it tells of the directory. Nothing: its file has gone.
///
/// A copy is changed: what was built may be a link, and is only read.
Result<std::optional<dkmstree::BuildFile>> polished(const Site& site, const Workplace& workplace,
                                                    const dkmsconf::ConfModule& module, const Polish& polish,
                                                    const std::string& build_place);

/// The bytes of a regular file of a build, to which links inside it may lead; nothing: it is not there, or
/// something else.
Result<std::optional<std::string>> built_bytes(const Workplace& workplace, const std::string& path);

/// The path of a built module in the directory of its build: "/drivers/net/r8125.ko".
std::string built_file(const dkmsconf::ConfModule& module);

}  // namespace kpkg::dkmsbuild
