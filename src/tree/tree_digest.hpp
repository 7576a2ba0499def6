// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>

namespace kpkg::tree {

// Private to tree/: whether a tree of the host is the one that it was. What a record says of it, and its
// place, times and owners, are no part of it.

/// SHA-256 over the names, contents, links and executable bits of everything in it, hexadecimal. Reads all of
/// it: some 0.2 s.
///
/// Errors: corrupt: a device, pipe or socket; permission, io.
Result<std::string> digest_of_tree(const std::string& tree);

/// The same over names, sizes, times and inodes: cheap, for who remembers a digest on the same machine.
Result<std::string> stamp_of_tree(const std::string& tree);

}  // namespace kpkg::tree
