// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/downloader.hpp"

#include "base/text.hpp"
#include "fetch/transfer.hpp"
#include "support/fake_runner.hpp"
#include "support/http_server.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

using namespace kpkg;
using namespace std::chrono_literals;
using support::HttpAnswer;
using support::HttpServer;

namespace {

struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-fetch-test-");
  system::SystemRunner runner;
  fetch::Downloader downloader{runner, {.connect_timeout = 5s, .stall_timeout = 1s}};

  fetch::Request a_request(const std::string& url) const {
    return {.url = url, .destination = directory.path() + "/downloads/file"};
  }

  std::size_t files() const {
    const auto entries = *system::list_directory(directory.path() + "/downloads");
    return entries ? entries->size() : 0;
  }

  std::string content() const { return *system::read_file(directory.path() + "/downloads/file"); }

  /// The error of a download, after checking that nothing is left of it.
  Error failure(const fetch::Request& request) {
    const auto download = downloader.download(request);
    CHECK(files() == 0);
    return download.error();
  }
};

/// Kills what this thread has started.
void kill_children() {
  for (const auto& id : words(*system::read_file("/proc/thread-self/children")))
    ::kill(std::stoi(id), SIGKILL);
}

/// What a Downloader says when kpkg-fetch ends like that, after checking that nothing is left.
Error failure_with(system::Outcome outcome) {
  const World world;
  support::FakeRunner runner;
  runner.on("kpkg-fetch", std::move(outcome));
  const auto download = fetch::Downloader(runner).download(world.a_request("http://user:secret@host/x"));
  CHECK(world.files() == 0);
  return download.error();
}

}  // namespace

TEST_CASE("a file comes over HTTP, with its digest and its size") {
  World world;
  const HttpServer server({{"/x", {.body = "hello"}}});

  const auto download = world.downloader.download(world.a_request(server.url("/x")));

  REQUIRE(download.has_value());
  CHECK(download->digest == crypto::sha256("hello"));
  CHECK(download->size == 5);
  CHECK(world.content() == "hello");
  CHECK(system::status_of(download->file)->value().mode == 0644);
}

TEST_CASE("a file comes over file://, and an absent one is not found") {
  World world;
  std::ofstream(world.directory.path() + "/source") << "hello";

  CHECK(world.failure(world.a_request("file://" + world.directory.path() + "/absent")).kind ==
        ErrorKind::not_found);
  REQUIRE(
      world.downloader.download(world.a_request("file://" + world.directory.path() + "/source")).has_value());
  CHECK(world.content() == "hello");
}

TEST_CASE("a file with another digest never appears, and the message names both") {
  World world;
  const HttpServer server({{"/x", {.body = "evil"}}});
  auto request = world.a_request(server.url("/x"));
  request.digest = crypto::sha256("good");

  const auto failure = world.failure(request);

  CHECK(failure.kind == ErrorKind::trust);
  CHECK(failure.message == "the digest of " + server.url("/x") + " differs: expected sha256 " +
                               crypto::sha256("good").hex() + ", got " + crypto::sha256("evil").hex());
}

TEST_CASE("a download that fails leaves the older file at its destination") {
  World world;
  const HttpServer server({{"/old", {.body = "old"}}, {"/new", {.body = "new", .keeps_back = 1}}});
  REQUIRE(world.downloader.download(world.a_request(server.url("/old"))).has_value());

  CHECK_FALSE(world.downloader.download(world.a_request(server.url("/new"))).has_value());

  CHECK(world.content() == "old");
  CHECK(world.files() == 1);
}

TEST_CASE("a file over the size limit is stopped, whether its length is told or not") {
  World world;
  const HttpServer server({{"/told", {.body = std::string(1000, 'x')}},
                           {"/untold", {.body = std::string(1000, 'x'), .hides_length = true}}});
  auto told = world.a_request(server.url("/told"));
  auto untold = world.a_request(server.url("/untold"));
  told.size_limit = untold.size_limit = 999;

  CHECK(world.failure(told).kind == ErrorKind::corrupt);
  CHECK(world.failure(untold).message == "the file is larger than 999 bytes");
  untold.size_limit = 1000;
  CHECK(world.downloader.download(untold).has_value());
}

TEST_CASE("a file that is cut short is refused") {
  World world;
  const HttpServer server({{"/x", {.body = "hello", .keeps_back = 2}}});

  CHECK(world.failure(world.a_request(server.url("/x"))).kind == ErrorKind::corrupt);
}

TEST_CASE("what the server says decides the kind of the failure") {
  World world;
  const HttpServer server(
      {{"/gone", {.status = 410}}, {"/login", {.status = 401}}, {"/busy", {.status = 503}}});

  CHECK(world.failure(world.a_request(server.url("/absent"))).kind == ErrorKind::not_found);
  CHECK(world.failure(world.a_request(server.url("/absent"))).message ==
        server.url("/absent") + " is not there (HTTP 404)");
  CHECK(world.failure(world.a_request(server.url("/gone"))).kind == ErrorKind::not_found);
  CHECK(world.failure(world.a_request(server.url("/login"))).kind == ErrorKind::network);
  CHECK(world.failure(world.a_request(server.url("/busy"))).hint == "try again later, or use a mirror");
}

TEST_CASE("a redirect is followed, but not without end and not to a file") {
  World world;
  const HttpServer server({{"/a", {.status = 302, .location = "/x"}},
                           {"/loop", {.status = 302, .location = "/loop"}},
                           {"/file", {.status = 302, .location = "file:///etc/passwd"}},
                           {"/x", {.body = "hello"}}});

  CHECK(world.failure(world.a_request(server.url("/loop"))).message ==
        server.url("/loop") + " is redirected too many times");
  CHECK(world.failure(world.a_request(server.url("/file"))).message ==
        server.url("/file") + " is redirected to an address that is not allowed");
  CHECK(world.downloader.download(world.a_request(server.url("/a"))).has_value());
}

TEST_CASE("a server that stalls is given up") {
  World world;
  const HttpServer server({{"/x", {.body = "hello", .keeps_back = 2, .stalls = true}}});

  const auto failure = world.failure(world.a_request(server.url("/x")));

  CHECK(failure.kind == ErrorKind::network);
  CHECK(failure.message == "127.0.0.1 did not answer within 1.00 s");
}

TEST_CASE("a name that does not exist and a port that nobody listens at are told apart") {
  World world;
  const int unused = HttpServer({}).port();

  const auto no_name = world.failure(world.a_request("http://no-such-host.invalid/x"));
  const auto no_server = world.failure(world.a_request(fmt::format("http://127.0.0.1:{}/x", unused)));

  CHECK(no_name.message.starts_with("no address is known for no-such-host.invalid"));
  CHECK(no_server.message.starts_with("127.0.0.1 does not accept a connection"));
  CHECK(no_name.kind == ErrorKind::network);
  CHECK(no_server.kind == ErrorKind::network);
}

TEST_CASE("a server that does not speak TLS is told as such") {
  World world;
  const HttpServer server({});

  const auto failure = world.failure(world.a_request(fmt::format("https://127.0.0.1:{}/x", server.port())));

  CHECK(failure.message.starts_with("no encrypted connection to 127.0.0.1"));
}

TEST_CASE("addresses of other kinds are refused before anything is sent") {
  World world;

  CHECK(world.failure(world.a_request("ftp://example.org/x")).kind == ErrorKind::invalid);
  CHECK(world.failure(world.a_request("example.org/x")).kind == ErrorKind::invalid);
  CHECK(world.failure(world.a_request("-o/etc/passwd")).kind == ErrorKind::invalid);
  CHECK(world.failure(world.a_request("http://127.0.0.1/\r\nX: y")).kind == ErrorKind::invalid);
}

TEST_CASE("the observer hears how much of how much is there") {
  World world;
  const HttpServer server({{"/x", {.body = std::string(200'000, 'x')}}});
  fetch::Progress last;

  REQUIRE(world.downloader
              .download(world.a_request(server.url("/x")),
                        [&](const fetch::Progress& progress) { last = progress; })
              .has_value());

  CHECK(last == fetch::Progress{.received = 200'000, .total = 200'000});
}

TEST_CASE("a destination that cannot be written is the machine's fault and not the server's") {
  World world;
  const HttpServer server({{"/x", {.body = "hello"}}});

  const auto download =
      world.downloader.download({.url = server.url("/x"), .destination = "/proc/no-such-directory/file"});

  REQUIRE_FALSE(download.has_value());
  CHECK(download.error().kind != ErrorKind::network);
}

TEST_CASE("nobody sees in the list of processes what is downloaded, nor the password in its URL") {
  const World world;
  support::FakeRunner runner;
  runner.on("kpkg-fetch", {});

  REQUIRE(fetch::Downloader(runner).download(world.a_request("http://user:secret@host/x")).has_value());

  REQUIRE(runner.commands.size() == 1);
  CHECK(runner.commands[0].text() == "kpkg-fetch");
  CHECK(runner.commands[0].environment == system::system_environment());
  CHECK(fetch::parse_transfer_request(runner.commands[0].input)->url == "http://user:secret@host/x");
}

TEST_CASE("a password is used and never told") {
  World world;
  const HttpServer server({});
  const auto url = fmt::format("http://user:secret@127.0.0.1:{}/absent", server.port());

  const auto failure = world.failure(world.a_request(url));

  CHECK(failure.message == server.url("/absent") + " is not there (HTTP 404)");
  CHECK(failure.text().find("secret") == std::string::npos);
}

TEST_CASE("a download goes through the proxies that it is given") {
  const World world;
  system::SystemRunner runner;
  const HttpServer proxy({{"http://no-such-host.invalid/x", {.body = "hello"}}});
  const fetch::Downloader downloader(runner, {.proxies = {"http_proxy=" + proxy.url("")}});

  REQUIRE(downloader.download(world.a_request("http://no-such-host.invalid/x")).has_value());

  CHECK(world.content() == "hello");
}

TEST_CASE("when kpkg-fetch is killed nothing is left, and that it was killed is told") {
  World world;
  const HttpServer server(
      {{"/x", {.body = std::string(200'000, 'x'), .keeps_back = 50'000, .stalls = true}}});

  const auto download =
      world.downloader.download(world.a_request(server.url("/x")), [](const auto&) { kill_children(); });

  REQUIRE_FALSE(download.has_value());
  CHECK(download.error() == Error{.kind = ErrorKind::io,
                                  .message = "kpkg-fetch was ended by signal 9",
                                  .context = {"downloading " + server.url("/x")},
                                  .hint = "try again"});
  CHECK(world.files() == 0);
}

TEST_CASE("a download that was interrupted or whose program broke says so and leaves nothing") {
  const auto stopped = failure_with({.status = 143, .interrupted = true});
  const auto silent = failure_with({.status = 127});
  const auto speaking = failure_with({.status = 127, .errors = "first\ncannot open libcurl.so.4\n"});

  CHECK(stopped.kind == ErrorKind::interrupted);
  CHECK(stopped.text() == "downloading http://host/x: the download was interrupted");
  CHECK(silent.text() == "downloading http://host/x: kpkg-fetch failed with status 127: it said nothing");
  CHECK(speaking.message == "kpkg-fetch failed with status 127: cannot open libcurl.so.4");
  CHECK(speaking.hint == "install the package kpkg again");
}
