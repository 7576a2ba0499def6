// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/downloader.hpp"

#include "base/text.hpp"
#include "fetch/transfer.hpp"
#include "fetch/url.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace kpkg::fetch {
namespace {

/// The statuses above are those of programs that a signal ended.
constexpr int first_signal = 128;

Status check_url(const std::string& url) {
  const auto scheme = scheme_of(url);
  const bool is_known = scheme == "https" || scheme == "http" || scheme == "file";
  if (is_known && is_clean_url(url)) return {};
  return fail(ErrorKind::invalid, fmt::format("\"{}\" is not an address to download from", printable(url)),
              "write an address that begins with https://, http:// or file://");
}

system::Command command_of(const Request& request, const DownloaderSettings& settings, int descriptor) {
  system::Command command;
  command.program = "kpkg-fetch";
  command.environment = system::system_environment();
  command.environment.insert(command.environment.end(), settings.proxies.begin(), settings.proxies.end());
  command.passed_descriptors = {descriptor};
  command.input = text_of(TransferRequest{.url = request.url,
                                          .descriptor = descriptor,
                                          .destination = request.destination,
                                          .size_limit = request.size_limit,
                                          .connect_timeout = settings.connect_timeout,
                                          .stall_timeout = settings.stall_timeout,
                                          .authorities = settings.authorities});
  command.cost = system::Cost::work;
  return command;
}

/// Why kpkg-fetch neither succeeded nor lived to say what failed.
Error broken_off(const system::Outcome& outcome) {
  Error error{.kind = ErrorKind::io, .message = {}, .context = {}, .hint = {}};
  if (outcome.status > first_signal) {
    error.message = fmt::format("kpkg-fetch was ended by signal {}", outcome.status - first_signal);
    error.hint = "try again";
    return error;
  }
  const auto said = lines(trimmed(outcome.errors));
  error.message = fmt::format("kpkg-fetch failed with status {}: {}", outcome.status,
                              said.empty() ? "it said nothing" : printable(said.back()));
  error.hint = "install the package kpkg again";
  return error;
}

/// What kpkg-fetch says has failed; nothing: it wrote the whole file.
Result<std::optional<Error>> run(system::Runner& runner, const system::Command& command,
                                 const ProgressObserver& on_progress) {
  std::optional<Error> failure;
  const auto outcome = KPKG_TRY(runner.run_observed(command, [&](std::string_view text) {
    auto line = parse_transfer_line(text);
    if (line.progress && on_progress) on_progress(*line.progress);
    if (line.failure) failure = std::move(line.failure);
  }));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "the download was interrupted");
  if (!failure && !outcome.succeeded()) return fail(broken_off(outcome));
  return failure;
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

Downloader::Downloader(system::Runner& runner, DownloaderSettings settings)
    : runner_(runner), settings_(std::move(settings)) {}

Result<Download> Downloader::download(const Request& request, const ProgressObserver& on_progress) const {
  KPKG_TRY(check_url(request.url));
  const auto slash = request.destination.rfind('/');
  KPKG_TRY(system::make_directories(request.destination.substr(0, slash == std::string::npos ? 0 : slash)));
  auto file = KPKG_TRY(system::NewFile::create(request.destination));
  const auto url = without_credentials(request.url);
  const auto failure = KPKG_TRY(run(runner_, command_of(request, settings_, file.descriptor()), on_progress)
                                    .within("downloading " + url));
  if (failure) return fail(*failure);
  Download download{.file = request.destination};
  crypto::Sha256 hash;
  KPKG_TRY(file.read_in_pieces([&](std::string_view piece) {
    hash.update(piece);
    download.size += piece.size();
  }));
  download.digest = hash.finish();
  if (request.digest && *request.digest != download.digest)
    return fail(digest_differs(url, *request.digest, download.digest));
  KPKG_TRY(file.publish());
  return download;
}

}  // namespace kpkg::fetch
