// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/transfer.hpp"

#include "base/text.hpp"
#include "support/http_server.hpp"
#include "system/fd.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

using namespace kpkg;
using support::HttpServer;

// The program kpkg-fetch by itself; downloader_test.cpp has what it does for a Downloader.

namespace {

system::Command kpkg_fetch(std::string input) {
  system::Command command;
  command.program = "kpkg-fetch";
  command.environment = system::system_environment();
  command.input = std::move(input);
  return command;
}

}  // namespace

TEST_CASE("a file that cannot take the bytes is told with its name, its kind and what to do") {
  system::SystemRunner runner;
  const HttpServer server({{"/x", {.body = "hello"}}});
  const system::Fd full(::open("/dev/full", O_WRONLY));
  auto command = kpkg_fetch(text_of(fetch::TransferRequest{
      .url = server.url("/x"), .descriptor = full.get(), .destination = "/the/file", .size_limit = 5}));
  command.passed_descriptors = {full.get()};

  const auto outcome = runner.run(command).value();

  CHECK(outcome.status == 1);
  const auto last = fetch::parse_transfer_line(lines(outcome.output).back());
  CHECK(last.failure == Error{.kind = ErrorKind::no_space,
                              .message = "cannot write /the/file: No space left on device",
                              .context = {"downloading " + server.url("/x")},
                              .hint = "free some space on that file system and run the command again"});
}

TEST_CASE("kpkg-fetch takes a request on stdin and nothing else") {
  system::SystemRunner runner;
  auto with_argument =
      kpkg_fetch(text_of(fetch::TransferRequest{.url = "http://127.0.0.1:1/", .descriptor = 1}));
  with_argument.arguments = {"http://127.0.0.1:1/"};

  CHECK(runner.run(kpkg_fetch("http://127.0.0.1:1/")).value().status == 64);
  CHECK(runner.run(kpkg_fetch("")).value().status == 64);
  CHECK(runner.run(with_argument).value().status == 64);
}
