// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "fetch/cache.hpp"
#include "workflow/workspace.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace kpkg::workflow {

// Private to workflow/: sources that come over a network, checked before they are used.

/// What brings files here, and tells the observer how far it is with `subject`.
fetch::Downloader downloader_of(const Workspace& workspace);
fetch::ProgressObserver progress_of(const Workspace& workspace, const std::string& subject);

/// The directory of the host where downloads are kept, made if it is absent.
Result<std::string> downloads_of(const Workspace& workspace);

/// The file with this digest, from the cache of downloads or from the first of the addresses that yields it.
///
/// Errors: those of fetch::fetch_by_digest().
Result<fetch::Download> fetch_archive(const Workspace& workspace, std::vector<std::string> urls,
                                      const crypto::Digest& digest);

/// One commit of a repository, and what its tree must be.
struct CommitSource {
  std::string url;
  std::string commit;       ///< 40 hexadecimal digits
  std::string tree = {};    ///< its git tree id; empty: what git says of the commit
  std::string sha256 = {};  ///< of a forge's archive of it; empty: such an archive is known by its tree alone
};

/// Fills `destination`, a directory that is absent, with the commit: from the archive that the server's forge
/// makes of it, where the tree or the archive is known, else with git.
///
/// Errors: trust: the tree or the archive is another one; those of fetch/ and archive/.
Status fetch_commit(const Workspace& workspace, const CommitSource& source, const std::string& destination);

}  // namespace kpkg::workflow
