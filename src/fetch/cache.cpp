// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/cache.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::fetch {
namespace {

/// The cached file if it is there and still has its digest.
Result<std::optional<Download>> cached(const std::string& path, const crypto::Digest& digest) {
  const auto status = KPKG_TRY(system::status_of(path));
  if (!status || status->type != system::FileType::regular) return std::optional<Download>{};
  crypto::Sha256 hash;
  KPKG_TRY(system::read_in_pieces(path, [&](std::string_view piece) { hash.update(piece); }));
  if (hash.finish() != digest) return std::optional<Download>{};
  return std::optional(Download{.file = path, .digest = digest, .size = status->size});
}

/// Whether another address could do better: the fault is not this machine's or the user's.
bool is_fault_of_address(ErrorKind kind) {
  return kind == ErrorKind::network || kind == ErrorKind::not_found || kind == ErrorKind::trust ||
         kind == ErrorKind::corrupt;
}

Error summary(const std::vector<Error>& failures) {
  if (failures.size() == 1) return failures.front();
  const auto distrusted = std::find_if(failures.begin(), failures.end(),
                                       [](const Error& failure) { return failure.kind == ErrorKind::trust; });
  Error all = distrusted == failures.end() ? failures.front() : *distrusted;
  std::vector<std::string> texts;
  for (const auto& failure : failures) texts.push_back(failure.text());
  all.message = fmt::format("none of {} addresses yielded it: {}", failures.size(), join(texts, "; "));
  all.context.clear();
  return all;
}

}  // namespace

Result<Download> fetch_by_digest(const Downloader& downloader, const CachedRequest& request,
                                 const ProgressObserver& on_progress) {
  const auto path = fmt::format("{}/sha256-{}", request.cache, request.digest.hex());
  if (auto found = KPKG_TRY(cached(path, request.digest))) return *std::move(found);
  std::vector<Error> failures;
  for (const auto& url : request.urls) {
    auto download = downloader.download(
        {.url = url, .destination = path, .digest = request.digest, .size_limit = request.size_limit},
        on_progress);
    if (download || !is_fault_of_address(download.error().kind)) return download;
    failures.push_back(std::move(download).error());
  }
  if (failures.empty())
    return fail(ErrorKind::not_found,
                fmt::format("no address is given for the file with sha256 {}", request.digest.hex()));
  return fail(summary(failures));
}

}  // namespace kpkg::fetch
