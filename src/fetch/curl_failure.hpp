// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.hpp"

#include <string>

namespace kpkg::fetch {

/// Private to fetch/: what libcurl reported about a transfer that failed.
struct CurlFailure {
  int code = 0;              ///< a CURLcode
  long http_status = 0;      ///< of the last answer; 0: none
  std::string url;           ///< that was asked for
  std::string detail;        ///< libcurl's own sentence
  std::string host;          ///< of that URL
  std::string time_allowed;  ///< for people, for example "1 min 00 s"
};

/// The failure as a person meets it: no such host, no connection, the server said no, and so on, each with a
/// hint.
Error error_of(const CurlFailure& failure);

}  // namespace kpkg::fetch
