// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/mainline.hpp"

#include "source_world.hpp"
#include "support/http_server.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>

using namespace kpkg;
using namespace kpkg::test;
using support::HttpServer;

namespace {

using Answers = std::map<std::string, support::HttpAnswer>;

const std::string tarball = "/pub/v9.x/linux-9.9.9.tar";
const std::string list = "/pub/v9.x/sums";

/// A line of sha256sum(1).
std::string a_line(std::string_view bytes, const std::string& name) {
  return crypto::sha256(bytes).hex() + "  " + name + "\n";
}

/// A world whose kernel.org is this server; no package has the source.
struct MainlineWorld : SourceWorld {
  explicit MainlineWorld(const HttpServer& server, const std::string& more = "") {
    set(
        fmt::format("[mainline]\nurl = \"{0}v{{major}}.x/linux-{{version}}.tar\"\n"
                    "digests = \"{0}v{{major}}.x/sums\"\n{1}",
                    server.url("/pub/"), more));
    runner.packages.on("download", {.status = 100, .errors = "E: Unable to locate package x\n"})
        .on("indextargets", {.output = "x\n"})
        .on("pkgnames", {});
  }

  /// What the last place says.
  std::string last_step() {
    const auto found = search();
    REQUIRE(found.has_value());
    REQUIRE_FALSE(found->steps.empty());
    const auto& step = found->steps.back();
    return fmt::format("{} {}: {}", workflow::name_of(step.origin), step.place,
                       step.is_taken ? "taken" : step.text);
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the release of kernel.org is taken last, if it has the digest that the list beside it tells") {
  const HttpServer server({{tarball, {.body = a_source()}},
                           {list,
                            {.body = "-----BEGIN\n\n" + a_line("x", "linux-9.9.8.tar") +
                                     a_line(a_source(), "linux-9.9.9.tar")}}});
  MainlineWorld world(server);

  const auto found = world.search();

  REQUIRE(found.has_value());
  CHECK(found->steps.size() == 2);
  REQUIRE(found->source.has_value());
  CHECK(found->source->place == server.url(tarball));
  CHECK(tree::source_version(found->source->directory) == "9.9.9");
}

TEST_CASE("a release whose digest is not that of the list is not used") {
  const HttpServer server(
      {{tarball, {.body = a_source()}}, {list, {.body = a_line("other", "linux-9.9.9.tar")}}});

  CHECK(
      has(MainlineWorld(server).last_step(), "the digest of " + server.url(tarball) + " differs: expected"));
}

TEST_CASE("a release that the list does not have is not fetched") {
  const HttpServer server(
      {{tarball, {.body = a_source()}}, {list, {.body = a_line(a_source(), "linux-9.9.90.tar")}}});

  CHECK(MainlineWorld(server).last_step() ==
        fmt::format("mainline {}: {} does not have linux-9.9.9.tar", server.url(tarball), server.url(list)));
}

TEST_CASE("a server without a list is told") {
  const HttpServer server(Answers{{tarball, {.body = a_source()}}});

  CHECK(has(MainlineWorld(server).last_step(), "mainline " + server.url(tarball) + ": "));
}

TEST_CASE("a candidate for a release is not looked for at kernel.org") {
  const HttpServer server(Answers{});
  MainlineWorld world(server);
  world.tree.configure("# Linux/x86 9.9.0-rc3 Kernel Configuration\nCONFIG_X86_64=y\n");

  CHECK(has(world.last_step(), "Linux 9.9.0-rc3 is no release of kernel.org"));
}

TEST_CASE("the first release of a series is called by two numbers") {
  CHECK(workflow::mainline_url("v{major}/linux-{version}", "6.13.0") == "v6/linux-6.13");
  CHECK(workflow::mainline_url("v{major}/linux-{version}", "6.13.10") == "v6/linux-6.13.10");
}

TEST_CASE("kernel.org is not asked where the settings switch it off") {
  const HttpServer server(Answers{});

  CHECK(has(MainlineWorld(server, "enabled = false\n").last_step(), "package "));
}

TEST_CASE("with a keyring only what its keys have signed of the list counts") {
  const HttpServer server(
      {{tarball, {.body = a_source()}}, {list, {.body = a_line(a_source(), "linux-9.9.9.tar")}}});
  MainlineWorld good(server, "keyring = \"/etc/kpkg/keys.gpg\"\n");
  good.runner.packages.on("gpgv --keyring", {.output = a_line(a_source(), "linux-9.9.9.tar")});
  MainlineWorld unsigned_part(server, "keyring = \"/etc/kpkg/keys.gpg\"\n");
  unsigned_part.runner.packages.on("gpgv --keyring", {.output = a_line("x", "linux-9.9.8.tar")});

  CHECK(has(good.last_step(), ": taken"));
  CHECK(has(good.runner.packages.commands.back().text(), "/root/etc/kpkg/keys.gpg"));
  CHECK(has(unsigned_part.last_step(), "does not have linux-9.9.9.tar"));
}

TEST_CASE("with a keyring a list that none of its keys has signed is not believed") {
  const HttpServer server(
      {{tarball, {.body = a_source()}}, {list, {.body = a_line(a_source(), "linux-9.9.9.tar")}}});
  MainlineWorld world(server, "keyring = \"/etc/kpkg/keys.gpg\"\n");
  world.runner.packages.on("gpgv",
                           {.status = 2, .errors = "gpgv: x\ngpgv: Can't check signature: No public key\n"});

  const auto step = world.last_step();

  CHECK(has(step, "has signed the list of digests: gpgv: Can't check signature: No public key"));
}
