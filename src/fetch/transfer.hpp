// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "fetch/downloader.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kpkg::fetch {

// Private to fetch/: libcurl, asked through the program kpkg-fetch.
//
// It is a program of its own because the libraries that libcurl draws in cost every start of a program that
// is linked with it some milliseconds, and few commands of kpkg download anything.

/// What kpkg-fetch reads on stdin: a URL may hold a password, and everybody sees a command line.
struct TransferRequest {
  std::string url;
  int descriptor = -1;           ///< of the open file that takes the bytes
  std::string destination;       ///< the name of that file in messages
  std::uint64_t size_limit = 0;  ///< bytes
  std::chrono::seconds connect_timeout{0};
  std::chrono::seconds stall_timeout{0};
  std::string authorities;  ///< PEM file of certificate authorities; empty: the system's

  bool operator==(const TransferRequest&) const = default;
};

std::string text_of(const TransferRequest& request);

/// Errors: corrupt: the text is no request.
Result<TransferRequest> parse_transfer_request(std::string_view text);

/// A line that kpkg-fetch prints: how far it is, or as the last one why it failed. That all went well is said
/// by its exit status, 0.
struct TransferLine {
  std::optional<Progress> progress;
  std::optional<Error> failure;

  bool operator==(const TransferLine&) const = default;
};

/// The line with its end.
std::string text_of(const TransferLine& line);

/// Neither progress nor failure if the text is something else.
TransferLine parse_transfer_line(std::string_view text);

}  // namespace kpkg::fetch
