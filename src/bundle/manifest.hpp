// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bundle/bundle.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::bundle {

// Private to bundle/: what stands in a bundle before the bytes of its files.

/// What a manifest says of the bytes of one file.
struct FileClaim {
  std::uint64_t size = 0;
  crypto::Digest digest;

  bool operator==(const FileClaim&) const = default;
};

/// A bundle whose files have no bytes yet, and what is claimed of them, in the order of its builds.
struct Manifest {
  Bundle bundle;
  std::vector<FileClaim> claims;
};

std::string manifest_of(const Bundle& bundle);

/// Errors: corrupt: not a manifest, a name that is none of a file, or two files of one name.
Result<Manifest> read_manifest(std::string_view text);

/// Whether it is the name of a file in a directory, and of nothing else.
bool is_file_name(std::string_view name);

}  // namespace kpkg::bundle
