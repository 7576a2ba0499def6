// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/architecture.hpp"

#include <cstdint>
#include <string>

namespace kpkg::tree {

/// What a header tree is made of. All paths are of the host.
struct HeaderTreeParts {
  std::string source;   ///< the kernel's source
  std::string objects;  ///< made of it by `make O=… modules_prepare`; whatever wrote there has ended
  SourceArchitecture architecture;

  bool operator==(const HeaderTreeParts&) const = default;
};

/// Makes in `destination`, a directory that is there and empty, the part of a source and its objects that
/// modules are built with: 63 MB of 1.5 GB. It needs neither of them afterwards.
///
/// Objects and records of kbuild are left out, but for those that the linker adds to every module.
/// Source: linux scripts/package/install-extmod-build, which says what a package of headers has.
/// Errors: corrupt: a link leads out of the tree; no_space, permission, io.
Status make_header_tree(const HeaderTreeParts& parts, const std::string& destination);

/// How large a tree is.
struct TreeSize {
  std::size_t files = 0;    ///< links are files too
  std::uint64_t bytes = 0;  ///< of all files together

  bool operator==(const TreeSize&) const = default;
};

/// The size of what is in `directory` and below it.
///
/// Errors: permission, io.
Result<TreeSize> size_of_tree(const std::string& directory);

}  // namespace kpkg::tree
