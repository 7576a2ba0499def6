// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kpkg::fetch {

/// How far a download is.
struct Progress {
  std::uint64_t received = 0;          ///< bytes
  std::optional<std::uint64_t> total;  ///< bytes; nothing: the server did not say

  bool operator==(const Progress&) const = default;
};

using ProgressObserver = std::function<void(const Progress&)>;

/// One file to bring.
struct Request {
  std::string url;                       ///< https://, http:// or file://
  std::string destination;               ///< path of the file; its directory is made
  std::optional<crypto::Digest> digest;  ///< nothing: whoever asks checks the content in another way
  std::uint64_t size_limit = 1U << 30;   ///< bytes

  bool operator==(const Request&) const = default;
};

/// What was brought.
struct Download {
  std::string file;
  crypto::Digest digest;
  std::uint64_t size = 0;

  bool operator==(const Download&) const = default;
};

/// How patient a Downloader is, and whom it believes.
struct DownloaderSettings {
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds stall_timeout{60};  ///< gives up after so long below 100 bytes a second
  std::string authorities;                 ///< PEM file of certificate authorities; empty: the system's

  bool operator==(const DownloaderSettings&) const = default;
};

/// Brings files by URL, one at a time. Owns a libcurl handle, and with it the connections that a next
/// download from the same server uses again; for several at once make several.
///
/// libcurl itself obeys http_proxy, https_proxy and no_proxy of the environment.
class Downloader {
 public:
  explicit Downloader(DownloaderSettings settings = {});
  ~Downloader();
  Downloader(Downloader&&) noexcept;
  Downloader& operator=(Downloader&&) noexcept;

  /// Writes the file beside its destination while hashing it; it appears there only whole and with the digest
  /// that was asked for. At most 10 redirects are followed, to http or https, never from https to http.
  ///
  /// Errors: trust: the digest differs (names both), or the certificate is not valid; network: no such host,
  /// no connection, the server says no, a stall; not_found: 404, 410 or an absent file; corrupt: over the
  /// limit, or cut short; interrupted; invalid: another kind of URL; no_space, permission, io: of the
  /// destination.
  Result<Download> download(const Request& request, const ProgressObserver& on_progress = {});

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace kpkg::fetch
