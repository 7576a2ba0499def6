// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/forge.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using Urls = std::vector<std::string>;

namespace {

const std::string id = "1bf406405197263092e526cc76ca0dc98c141cd0";

Urls urls_of(std::string_view repository) {
  return fetch::forge_archive_urls(repository, *crypto::GitId::parse(id));
}

}  // namespace

TEST_CASE("GitHub offers a commit at two addresses, with or without .git and a slash") {
  const Urls expected = {"https://codeload.github.com/lcgamboa/tty0tty/tar.gz/" + id,
                         "https://github.com/lcgamboa/tty0tty/archive/" + id + ".tar.gz"};

  CHECK(urls_of("https://github.com/lcgamboa/tty0tty") == expected);
  CHECK(urls_of("https://github.com/lcgamboa/tty0tty.git") == expected);
  CHECK(urls_of("https://github.com/lcgamboa/tty0tty/") == expected);
}

TEST_CASE("GitLab names the archive after the project, and projects may lie in groups of groups") {
  CHECK(urls_of("https://gitlab.com/group/sub/name.git") ==
        Urls{"https://gitlab.com/group/sub/name/-/archive/" + id + "/name-" + id + ".tar.gz"});
  CHECK(urls_of("https://salsa.debian.org/team/x").size() == 1);
  CHECK(urls_of("https://gitlab.freedesktop.org/owner/x").size() == 1);
}

TEST_CASE("Gitea and Forgejo have archives by commit") {
  CHECK(urls_of("https://codeberg.org/owner/name") ==
        Urls{"https://codeberg.org/owner/name/archive/" + id + ".tar.gz"});
}

TEST_CASE("other servers, and what only looks like a forge, have no archive address") {
  CHECK(urls_of("https://git.kernel.org/pub/scm/linux.git").empty());
  CHECK(urls_of("https://github.com.evil.org/owner/name").empty());
  CHECK(urls_of("https://evil.org/github.com/name").empty());
  CHECK(urls_of("https://github.com@evil.org/owner/name").empty());
  CHECK(urls_of("https://github.com:8443/owner/name").empty());
  CHECK(urls_of("http://github.com/owner/name").empty());
  CHECK(urls_of("git@github.com:owner/name.git").empty());
  CHECK(urls_of("https://github.com/owner").empty());
  CHECK(urls_of("https://github.com/owner/name/tree/main").empty());
  CHECK(urls_of("https://github.com/owner/..").empty());
  CHECK(urls_of("https://github.com/owner/name?x=y").empty());
  CHECK(urls_of("").empty());
}
