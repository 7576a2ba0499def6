// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "fetch/downloader.hpp"

#include <string>
#include <vector>

namespace kpkg::fetch {

/// A file that is known by its digest, wherever it comes from.
struct CachedRequest {
  std::vector<std::string> urls;  ///< the address and its mirrors, tried in this order
  crypto::Digest digest;
  std::string cache;                    ///< the directory; made if it is absent
  std::uint64_t size_limit = 1U << 30;  ///< bytes

  bool operator==(const CachedRequest&) const = default;
};

/// The file with this digest: from the cache, hashed again, or else from the first address that yields it.
/// Its path is CACHE/sha256-DIGEST.
///
/// A cached file whose content has changed is replaced. Errors: those of Downloader::download(); when every
/// address failed, the message says how each did, and the kind is trust if any of them had another content.
Result<Download> fetch_by_digest(const Downloader& downloader, const CachedRequest& request,
                                 const ProgressObserver& on_progress = {});

}  // namespace kpkg::fetch
