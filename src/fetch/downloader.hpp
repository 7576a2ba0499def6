// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "system/process.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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

/// How patient a Downloader is, whom it believes, and which way it goes.
struct DownloaderSettings {
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds stall_timeout{60};  ///< gives up after so long below 100 bytes a second
  std::string authorities;                 ///< PEM file of certificate authorities; empty: the system's
  std::vector<std::string> proxies;        ///< "https_proxy=http://proxy:3128": what libcurl obeys

  bool operator==(const DownloaderSettings&) const = default;
};

/// Brings files by URL, with libcurl in the program kpkg-fetch. Guards that nothing appears at a destination
/// but whole files that were asked for, whatever becomes of that program.
class Downloader {
 public:
  explicit Downloader(system::Runner& runner, DownloaderSettings settings = {});

  /// Has the file written beside its destination and hashes it there; it appears only whole and with the
  /// digest that was asked for. At most 10 redirects are followed, to http or https, never from https to
  /// http.
  ///
  /// Errors: trust: the digest differs (names both), or the certificate is not valid; network: no such host,
  /// no connection, the server says no, a stall; not_found: 404, 410 or an absent file, or no kpkg-fetch;
  /// corrupt: over the limit, or cut short; interrupted; invalid: another kind of URL; no_space, permission,
  /// io: of the destination; io: kpkg-fetch was killed.
  Result<Download> download(const Request& request, const ProgressObserver& on_progress = {}) const;

 private:
  system::Runner& runner_;
  DownloaderSettings settings_;
};

}  // namespace kpkg::fetch
