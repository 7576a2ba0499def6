// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::archive {

/// What is packed under a name: what is at a path, a file of no disk, or neither, which is an empty
/// directory.
struct Packed {
  std::string name;                       ///< in the archive: "dkms_source_tree"
  std::string path = {};                  ///< a file, link or whole directory of the host
  std::optional<std::string> bytes = {};  ///< of a file

  bool operator==(const Packed&) const = default;
};

/// Writes a tar archive to `file` of the host, at once: it is there whole or as it was.
///
/// Compressed as the end of its name says: .gz, .tgz, .bz2, .xz, .zst; otherwise not. Equal contents give
/// equal bytes with the same libraries: members come sorted in the order of `contents`, belong to root, have
/// the mode 0755 or 0644 and all the time `modified`, in seconds since the epoch. Links are packed as they
/// are.
///
/// Errors: corrupt: a device, pipe or socket, or a file that changed meanwhile; not_found, no_space,
/// permission, io; unsupported; interrupted.
Status pack(const std::vector<Packed>& contents, const std::string& file, std::int64_t modified);

}  // namespace kpkg::archive
