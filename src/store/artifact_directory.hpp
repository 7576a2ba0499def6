// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/digest.hpp"
#include "system/root.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::store {

/// Where finished module files lie inside the root, each named by its digest.
inline constexpr std::string_view artifact_directory = "/var/lib/kpkg/store";

/// The place of an artifact inside the root, whether or not it is there:
/// "/var/lib/kpkg/store/aa/aabb….ko-file".
std::string artifact_path(const crypto::Digest& digest);

/// Keeps the bytes, on disk when this returns, and yields their digest. Bytes that are there already,
/// undamaged, are not written again.
Result<crypto::Digest> keep_artifact(const system::Root& root, std::string_view bytes);

/// The bytes of an artifact.
///
/// Errors: not_found: it was dropped; trust: the file is damaged, its digest differs.
Result<std::string> read_artifact(const system::Root& root, const crypto::Digest& digest);

/// Removes the file of an artifact; absent is success.
Status drop_artifact(const system::Root& root, const crypto::Digest& digest);

/// Removes what a command that was killed had begun to write; only while no other command runs.
Status drop_unfinished_artifacts(const system::Root& root);

/// The artifacts that have a file, by digest; other files in the directory are passed over.
Result<std::vector<crypto::Digest>> kept_artifacts(const system::Root& root);

}  // namespace kpkg::store
