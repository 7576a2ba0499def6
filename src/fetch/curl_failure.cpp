// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/curl_failure.hpp"

#include "base/text.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <utility>

namespace kpkg::fetch {
namespace {

Error made_of(ErrorKind kind, std::string message, std::string hint) {
  return Error{.kind = kind, .message = std::move(message), .context = {}, .hint = std::move(hint)};
}

Error http_error(const CurlFailure& failure) {
  const auto status = failure.http_status;
  if (status == 404 || status == 410)
    return made_of(ErrorKind::not_found, fmt::format("{} is not there (HTTP {})", failure.url, status),
                   "check the address; the file may have moved or been removed");
  if (status == 401 || status == 403 || status == 407)
    return made_of(ErrorKind::network, fmt::format("{} is not given out (HTTP {})", failure.url, status),
                   "the server wants a login, or refuses this network; use a mirror");
  if (status == 429 || status >= 500)
    return made_of(ErrorKind::network,
                   fmt::format("the server cannot give {} now (HTTP {})", failure.url, status),
                   "try again later, or use a mirror");
  return made_of(ErrorKind::network, fmt::format("the server refused {} (HTTP {})", failure.url, status),
                 "check the address");
}

Error certificate_error(const CurlFailure& failure) {
  return made_of(ErrorKind::trust,
                 fmt::format("the certificate of {} is not valid: {}", failure.host, failure.detail),
                 "check the date of this machine and that the package ca-certificates is installed");
}

}  // namespace

Error error_of(const CurlFailure& failure) {
  const auto& [code, http_status, url, detail, host, time_allowed] = failure;
  switch (code) {
    case CURLE_HTTP_RETURNED_ERROR: return http_error(failure);
    case CURLE_FILE_COULDNT_READ_FILE:
      return made_of(ErrorKind::not_found, fmt::format("{} cannot be read", url),
                     "check that the file exists");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return made_of(ErrorKind::network, fmt::format("no address is known for {}: {}", host, detail),
                     "check the network connection and the spelling of the name");
    case CURLE_COULDNT_CONNECT:
      return made_of(ErrorKind::network, fmt::format("{} does not accept a connection: {}", host, detail),
                     "the server is down, or a firewall is in the way; try again later");
    case CURLE_OPERATION_TIMEDOUT:
      return made_of(ErrorKind::network, fmt::format("{} did not answer within {}", host, time_allowed),
                     "try again later, or use a mirror");
    case CURLE_PEER_FAILED_VERIFICATION: return certificate_error(failure);
    case CURLE_SSL_CONNECT_ERROR:
      return made_of(ErrorKind::network, fmt::format("no encrypted connection to {}: {}", host, detail),
                     "check that the server speaks HTTPS at that port, and that no proxy is in the way");
    case CURLE_SSL_CACERT_BADFILE:
      return made_of(ErrorKind::trust, fmt::format("the certificate authorities cannot be read: {}", detail),
                     "install the package ca-certificates");
    case CURLE_PARTIAL_FILE:
      return made_of(ErrorKind::corrupt, fmt::format("{} was cut short: {}", url, detail), "try again");
    case CURLE_TOO_MANY_REDIRECTS:
      return made_of(ErrorKind::network, fmt::format("{} is redirected too many times", url),
                     "check the address");
    case CURLE_UNSUPPORTED_PROTOCOL:
      return made_of(ErrorKind::network,
                     fmt::format("{} is redirected to an address that is not allowed", url),
                     "use an address that leads to https only");
    default:
      return made_of(ErrorKind::network, fmt::format("{} could not be fetched: {}", url, detail),
                     "try again; if it stays so, use a mirror");
  }
}

}  // namespace kpkg::fetch
