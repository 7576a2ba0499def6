// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/cache.hpp"

#include "support/http_server.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace kpkg;
using support::HttpServer;

namespace {

struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-cache-test-");
  system::SystemRunner runner;
  fetch::Downloader downloader{runner};

  Result<fetch::Download> fetch(std::vector<std::string> urls, std::string_view content = "hello") {
    return fetch_by_digest(
        downloader,
        {.urls = std::move(urls), .digest = crypto::sha256(content), .cache = directory.path() + "/cache"});
  }
};

}  // namespace

TEST_CASE("a file that was fetched once is not fetched again") {
  World world;
  std::string url;
  {
    const HttpServer server({{"/x", {.body = "hello"}}});
    url = server.url("/x");
    REQUIRE(world.fetch({url}).has_value());
  }

  const auto again = world.fetch({url});

  REQUIRE(again.has_value());
  CHECK(again->file == world.directory.path() + "/cache/sha256-" + crypto::sha256("hello").hex());
  CHECK(again->size == 5);
}

TEST_CASE("a cached file that was changed on the disk is fetched anew, or not used") {
  World world;
  const HttpServer server({{"/x", {.body = "hello"}}});
  const auto first = world.fetch({server.url("/x")});
  REQUIRE(first.has_value());
  std::ofstream(first->file) << "jello";

  CHECK_FALSE(world.fetch({server.url("/absent")}).has_value());
  REQUIRE(world.fetch({server.url("/x")}).has_value());

  CHECK(system::read_file(first->file) == "hello");
}

TEST_CASE("mirrors are tried in order, past absent files and other content") {
  World world;
  const HttpServer server({{"/evil", {.body = "evil"}}, {"/good", {.body = "hello"}}});

  CHECK(world.fetch({server.url("/absent"), server.url("/evil"), server.url("/good")}).has_value());
}

TEST_CASE("when every mirror fails all reasons are told, and distrust outweighs absence") {
  World world;
  const HttpServer server({{"/evil", {.body = "evil"}}});

  const auto fetched = world.fetch({server.url("/absent"), server.url("/evil")});

  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::trust);
  CHECK(fetched.error().message.starts_with("none of 2 addresses yielded it: " + server.url("/absent")));
  CHECK(fetched.error().message.find("the digest of " + server.url("/evil")) != std::string::npos);
}

TEST_CASE("without an address only the cache can help") {
  World world;

  CHECK(world.fetch({}).error().kind == ErrorKind::not_found);
}

TEST_CASE("a link in the cache is not followed") {
  World world;
  const auto name = world.directory.path() + "/cache/sha256-" + crypto::sha256("hello").hex();
  REQUIRE(system::make_directories(world.directory.path() + "/cache").has_value());
  std::ofstream(world.directory.path() + "/elsewhere") << "hello";
  REQUIRE(::symlink("../elsewhere", name.c_str()) == 0);

  CHECK(world.fetch({}).error().kind == ErrorKind::not_found);
}
