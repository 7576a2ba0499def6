// SPDX-License-Identifier: GPL-2.0-or-later
// The program kpkg-fetch: has libcurl bring the bytes of one URL into a file that is open already, and prints
// how far it is. Private to kpkg; fetch/downloader.cpp is what runs it, reads its lines and judges the bytes.
#include "fetch/curl_failure.hpp"
#include "fetch/transfer.hpp"
#include "fetch/url.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "system/console.hpp"
#include "system/file.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <memory>
#include <string_view>

using namespace kpkg;
using namespace kpkg::fetch;

namespace {

constexpr int standard_input = 0;
constexpr int usage_status = 64;
constexpr long most_redirects = 10;
constexpr long least_speed = 100;             // bytes a second
constexpr std::uint64_t told_piece = 100000;  // bytes: people read tenths of a megabyte

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

void say(const TransferLine& line) {
  drop(system::print(text_of(line)), "the end of the pipe says it too");
}

/// What arrives during the transfer, and why it was stopped if kpkg-fetch stopped it.
struct Transfer {
  const TransferRequest& request;
  std::uint64_t size = 0;
  std::uint64_t told = 0;  // bytes
  std::optional<Error> stopped = {};

  /// Whether to go on.
  bool take(std::string_view bytes) {
    if (bytes.size() > request.size_limit - size) {
      stopped = Error{.kind = ErrorKind::corrupt,
                      .message = fmt::format("the file is larger than {} bytes", request.size_limit),
                      .context = {},
                      .hint = {}};
      return false;
    }
    size += bytes.size();
    auto written = system::write_all(request.descriptor, bytes, request.destination);
    if (!written) stopped = std::move(written).error();
    return !stopped;
  }

  /// libcurl calls it much more often than anybody wants to know.
  void tell(const Progress& progress) {
    const bool is_whole = progress.received == progress.total && progress.received != told;
    if (progress.received < told + told_piece && !is_whole) return;
    told = progress.received;
    say({.progress = progress, .failure = {}});
  }
};

std::size_t on_bytes(char* bytes, std::size_t unit, std::size_t count, void* transfer) {
  return static_cast<Transfer*>(transfer)->take({bytes, unit * count}) ? unit * count : 0;
}

int on_news(void* transfer, curl_off_t total, curl_off_t received, curl_off_t /*to_send*/,
            curl_off_t /*sent*/) {
  const auto known = total > 0 ? std::optional(static_cast<std::uint64_t>(total)) : std::nullopt;
  static_cast<Transfer*>(transfer)->tell({.received = static_cast<std::uint64_t>(received), .total = known});
  return 0;
}

template <typename Value>
void set(const Curl& curl, CURLoption option, Value value) {
  KPKG_ASSERT(curl_easy_setopt(curl.get(), option, value) == CURLE_OK);
}

/// Without CURLOPT_NOSIGNAL libcurl itself sees to it that SIGPIPE of a TLS connection does not end the
/// program.
void prepare(const Curl& curl, const TransferRequest& request) {
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_USERAGENT, "kpkg");
  set(curl, CURLOPT_FAILONERROR, 1L);
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, most_redirects);
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, scheme_of(request.url) == "https" ? "https" : "http,https");
  set(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_timeout.count()));
  set(curl, CURLOPT_LOW_SPEED_LIMIT, least_speed);
  set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
  if (!request.authorities.empty()) set(curl, CURLOPT_CAINFO, request.authorities.c_str());
}

Error failure_of(const Curl& curl, CURLcode code, const char* detail, const TransferRequest& request) {
  CurlFailure failure{.code = code,
                      .url = without_credentials(request.url),
                      .detail = printable(*detail != '\0' ? detail : curl_easy_strerror(code)),
                      .host = host_of(request.url),
                      .time_allowed = duration_text(request.stall_timeout)};
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &failure.http_status);
  return error_of(failure);
}

/// What failed, if something did.
std::optional<Error> bring(const TransferRequest& request) {
  const Curl curl(curl_easy_init(), curl_easy_cleanup);
  KPKG_ASSERT(curl != nullptr);
  Transfer transfer{.request = request};
  std::array<char, CURL_ERROR_SIZE> detail = {};
  prepare(curl, request);
  set(curl, CURLOPT_ERRORBUFFER, detail.data());
  set(curl, CURLOPT_WRITEFUNCTION, on_bytes);
  set(curl, CURLOPT_WRITEDATA, &transfer);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, on_news);
  set(curl, CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (transfer.stopped) {
    transfer.stopped->context.push_back("downloading " + without_credentials(request.url));
    return transfer.stopped;
  }
  if (code != CURLE_OK) return failure_of(curl, code, detail.data(), request);
  return std::nullopt;
}

}  // namespace

int main(int count, char** /*words*/) {
  system::open_standard_streams();
  const auto input = system::read_all(standard_input, "the request");
  const auto request = input ? parse_transfer_request(*input) : fail(input.error());
  if (count != 1 || !request) {
    system::print_error("kpkg-fetch is a part of kpkg, which tells it on stdin what to fetch\n");
    return usage_status;
  }
  const auto failure = bring(*request);
  if (!failure) return 0;
  say({.progress = {}, .failure = failure});
  return 1;
}
