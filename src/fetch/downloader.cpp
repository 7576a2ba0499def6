// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/downloader.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "fetch/curl_failure.hpp"
#include "fetch/url.hpp"
#include "system/file.hpp"
#include "system/interruption.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace kpkg::fetch {
namespace {

constexpr long most_redirects = 10;
constexpr long least_speed = 100;  // bytes a second

/// What arrives during one transfer, and why it was stopped if kpkg stopped it.
struct Transfer {
  system::NewFile file;
  std::uint64_t size_limit;
  const ProgressObserver& on_progress;
  crypto::Sha256 hash = {};
  std::uint64_t size = 0;
  std::optional<Error> stopped = {};

  /// Whether to go on.
  bool take(std::string_view bytes) {
    if (bytes.size() > size_limit - size) {
      stopped = Error{.kind = ErrorKind::corrupt,
                      .message = fmt::format("the file is larger than {} bytes", size_limit),
                      .context = {},
                      .hint = {}};
      return false;
    }
    hash.update(bytes);
    size += bytes.size();
    auto written = file.write(bytes);
    if (!written) stopped = std::move(written).error();
    return !stopped;
  }
};

std::size_t on_bytes(char* bytes, std::size_t unit, std::size_t count, void* transfer) {
  return static_cast<Transfer*>(transfer)->take({bytes, unit * count}) ? unit * count : 0;
}

int on_news(void* transfer, curl_off_t total, curl_off_t received, curl_off_t /*to_send*/,
            curl_off_t /*sent*/) {
  auto& current = *static_cast<Transfer*>(transfer);
  if (system::Interruption::is_pending()) {
    current.stopped = Error{
        .kind = ErrorKind::interrupted, .message = "the download was interrupted", .context = {}, .hint = {}};
    return 1;
  }
  if (!current.on_progress || received == 0) return 0;
  const auto known = total > 0 ? std::optional(static_cast<std::uint64_t>(total)) : std::nullopt;
  current.on_progress({.received = static_cast<std::uint64_t>(received), .total = known});
  return 0;
}

Status check_url(const std::string& url) {
  const auto scheme = scheme_of(url);
  const bool is_known = scheme == "https" || scheme == "http" || scheme == "file";
  if (is_known && is_clean_url(url)) return {};
  return fail(ErrorKind::invalid, fmt::format("\"{}\" is not an address to download from", printable(url)),
              "write an address that begins with https://, http:// or file://");
}

Error digest_differs(const std::string& url, const crypto::Digest& expected, const crypto::Digest& got) {
  return Error{
      .kind = ErrorKind::trust,
      .message =
          fmt::format("the digest of {} differs: expected sha256 {}, got {}", url, expected.hex(), got.hex()),
      .context = {},
      .hint = "the file was changed since its digest was written down; do not use it before you know why"};
}

}  // namespace

struct Downloader::Handle {
  CURL* easy = curl_easy_init();
  DownloaderSettings settings;
  std::array<char, CURL_ERROR_SIZE> detail = {};

  explicit Handle(DownloaderSettings chosen) : settings(std::move(chosen)) { KPKG_ASSERT(easy != nullptr); }
  ~Handle() { curl_easy_cleanup(easy); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    KPKG_ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
  }

  void prepare(const Request& request, Transfer& transfer) {
    curl_easy_reset(easy);  // forgets the options, keeps the connections
    detail[0] = '\0';
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_USERAGENT, "kpkg");
    set(CURLOPT_ERRORBUFFER, detail.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https,file");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, most_redirects);
    set(CURLOPT_REDIR_PROTOCOLS_STR, scheme_of(request.url) == "https" ? "https" : "http,https");
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings.connect_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, least_speed);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.stall_timeout.count()));
    if (!settings.authorities.empty()) set(CURLOPT_CAINFO, settings.authorities.c_str());
    set(CURLOPT_WRITEFUNCTION, on_bytes);
    set(CURLOPT_WRITEDATA, &transfer);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, on_news);
    set(CURLOPT_XFERINFODATA, &transfer);
  }

  Error failure(CURLcode code, const std::string& url) {
    CurlFailure failure{.code = code,
                        .url = without_credentials(url),
                        .detail = printable(detail[0] != '\0' ? detail.data() : curl_easy_strerror(code)),
                        .host = host_of(url),
                        .time_allowed = duration_text(settings.stall_timeout)};
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &failure.http_status);
    return error_of(failure);
  }
};

Downloader::Downloader(DownloaderSettings settings)
    : handle_(std::make_unique<Handle>(std::move(settings))) {}
Downloader::~Downloader() = default;
Downloader::Downloader(Downloader&&) noexcept = default;
Downloader& Downloader::operator=(Downloader&&) noexcept = default;

Result<Download> Downloader::download(const Request& request, const ProgressObserver& on_progress) {
  KPKG_TRY(check_url(request.url));
  const auto url = without_credentials(request.url);
  const auto slash = request.destination.rfind('/');
  KPKG_TRY(system::make_directories(request.destination.substr(0, slash == std::string::npos ? 0 : slash)));
  Transfer transfer{.file = KPKG_TRY(system::NewFile::create(request.destination)),
                    .size_limit = request.size_limit,
                    .on_progress = on_progress};
  handle_->prepare(request, transfer);
  const CURLcode code = curl_easy_perform(handle_->easy);
  if (transfer.stopped) {
    transfer.stopped->context.push_back("downloading " + url);
    return fail(*std::move(transfer.stopped));
  }
  if (code != CURLE_OK) return fail(handle_->failure(code, request.url));
  const auto digest = transfer.hash.finish();
  if (request.digest && *request.digest != digest) return fail(digest_differs(url, *request.digest, digest));
  KPKG_TRY(transfer.file.publish());
  return Download{.file = request.destination, .digest = digest, .size = transfer.size};
}

}  // namespace kpkg::fetch
