// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/git_object.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::fetch {

/// Where the forge that has this repository offers a commit as .tar.gz, best first; empty for other servers.
///
/// Every member of such an archive is in one directory, so unpack with strip = 1. Its bytes are not stable
/// over the years: check the tree id of what was unpacked, not a digest of the archive. Source:
/// docs.github.com "Downloading source code archives"; docs.gitlab.com "Repositories", download; Gitea
/// routers/web, /archive/.
std::vector<std::string> forge_archive_urls(std::string_view repository, const crypto::GitId& commit);

}  // namespace kpkg::fetch
