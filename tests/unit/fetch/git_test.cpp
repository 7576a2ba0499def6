// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/git.hpp"

#include "archive/source_tree.hpp"
#include "base/text.hpp"
#include "support/fake_runner.hpp"
#include "support/http_server.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

using namespace kpkg;
using support::FakeRunner;

namespace {

bool has_no_git() {
  const bool is_absent = !system::find_program("git").has_value();
  if (is_absent) fmt::print(stderr, "skipped: git is not installed\n");
  return is_absent;
}

const std::string submodule_commit = "1a2485251c33a70432394c93fb89330ef214bfc9";

/// A repository with two commits, made by git itself.
struct Repository {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-git-test-");
  std::string path = directory.path() + "/repository";
  std::string destination = directory.path() + "/destination";
  std::string old_commit;
  std::string old_tree;
  std::string new_commit;

  Repository() {
    shell(
        "mkdir repository && cd repository && git init -q -b main && "
        "mkdir src && printf 'a\\r\\nb\\n' > src/text && echo '* text=auto eol=crlf' > .gitattributes && "
        "echo 'src/ident ident filter=evil' >> .gitattributes && echo '$Id$' > src/ident && "
        "printf '#!/bin/sh\\n' > run && chmod +x run && ln -s src/text link && "
        "git -c core.autocrlf=false -c core.safecrlf=false add -A && git commit -q -m old && "
        "git tag -a -m one v1");
    old_commit = shell("git -C repository rev-parse HEAD");
    old_tree = shell("git -C repository rev-parse HEAD^{tree}");
    shell("cd repository && echo more > src/more && git add src/more && git commit -q -m new");
    new_commit = shell("git -C repository rev-parse HEAD");
  }

  std::string shell(const std::string& script) const {
    auto environment = system::system_environment();
    environment.insert(environment.end(),
                       {"HOME=" + directory.path(), "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a",
                        "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b"});
    system::SystemRunner runner;
    const auto outcome = system::run_successfully(runner, {.program = "sh",
                                                           .arguments = {"-c", script},
                                                           .environment = environment,
                                                           .directory = directory.path()});
    REQUIRE_MESSAGE(outcome.has_value(), outcome.error().text());
    return std::string(trimmed(outcome->output));
  }

  Result<fetch::FetchedCommit> fetch(const std::string& commit, const std::string& url) const {
    system::SystemRunner runner;
    return fetch::fetch_commit_with_git(
        runner, {.url = url, .commit = *crypto::GitId::parse(commit), .destination = destination});
  }
  Result<fetch::FetchedCommit> fetch(const std::string& commit) const {
    return fetch(commit, "file://" + path);
  }
};

fetch::CommitRequest a_request(const std::string& url) {
  return {.url = url, .commit = {}, .destination = "/tmp/kpkg-git-test-never-made"};
}

}  // namespace

TEST_CASE("an older commit is checked out byte for byte and without .git" * doctest::skip(has_no_git())) {
  const Repository repository;

  const auto fetched = repository.fetch(repository.old_commit);

  REQUIRE_MESSAGE(fetched.has_value(), fetched.error().text());
  CHECK(fetched->tree.hex() == repository.old_tree);
  CHECK(kpkg::archive::git_tree_id(repository.destination)->hex() == repository.old_tree);
  CHECK(system::read_file(repository.destination + "/src/ident") == "$Id$\n");
  CHECK_FALSE(system::status_of(repository.destination + "/.git")->has_value());
  CHECK(system::list_directory(repository.directory.path())->value().size() == 2);
}

TEST_CASE("a commit that the repository does not have is not found" * doctest::skip(has_no_git())) {
  const Repository repository;

  const auto fetched = repository.fetch(submodule_commit);

  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::not_found);
  CHECK(fetched.error().message ==
        "file://" + repository.path + " does not have the commit " + submodule_commit);
  CHECK_FALSE(system::status_of(repository.destination)->has_value());
}

TEST_CASE("the id of a tag or of a tree is no commit" * doctest::skip(has_no_git())) {
  const Repository repository;
  const auto tag = repository.shell("git -C repository rev-parse v1");

  CHECK(repository.fetch(tag).error().kind == ErrorKind::not_found);
  CHECK(repository.fetch(repository.old_tree).error().kind == ErrorKind::not_found);
}

TEST_CASE("a server that only gives out files is asked for everything" * doctest::skip(has_no_git())) {
  const Repository repository;
  repository.shell("git clone -q --bare repository bare.git && git -C bare.git update-server-info");
  const support::HttpServer server({}, repository.directory.path());

  const auto fetched = repository.fetch(repository.old_commit, server.url("/bare.git"));

  REQUIRE_MESSAGE(fetched.has_value(), fetched.error().text());
  CHECK(fetched->tree.hex() == repository.old_tree);
}

TEST_CASE("a repository that is absent is not found, and git says how" * doctest::skip(has_no_git())) {
  const Repository repository;

  const auto fetched = repository.fetch(repository.old_commit, "file:///tmp/kpkg-no-such-repository");

  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::not_found);
}

TEST_CASE("a submodule is named with its commit, and its directory is left empty" *
          doctest::skip(has_no_git())) {
  const Repository repository;
  repository.shell("cd repository && git update-index --add --cacheinfo 160000," + submodule_commit +
                   ",sub/module && git commit -q -m submodule");
  const auto commit = repository.shell("git -C repository rev-parse HEAD");

  const auto fetched = repository.fetch(commit);

  REQUIRE_MESSAGE(fetched.has_value(), fetched.error().text());
  REQUIRE(fetched->submodules.size() == 1);
  CHECK(fetched->submodules[0].path == "sub/module");
  CHECK(fetched->submodules[0].commit.hex() == submodule_commit);
  CHECK(kpkg::archive::git_tree_id(repository.destination,
                                   {{fetched->submodules[0].path, fetched->submodules[0].commit}})
            ->hex() == fetched->tree.hex());
}

TEST_CASE("no hook of the user runs, and no configuration of the user counts" * doctest::skip(has_no_git())) {
  const Repository repository;
  repository.shell(
      "git config --global core.autocrlf true && git config --global filter.evil.smudge 'touch /tmp/evil'");

  REQUIRE(repository.fetch(repository.old_commit).has_value());

  CHECK(kpkg::archive::git_tree_id(repository.destination)->hex() == repository.old_tree);
}

TEST_CASE("a destination that exists is left alone") {
  const auto directory = *system::TempDir::create("/tmp", "kpkg-git-test-");
  FakeRunner runner;

  const auto fetched = fetch::fetch_commit_with_git(
      runner, {.url = "https://example.org/x", .commit = {}, .destination = directory.path()});

  CHECK(fetched.error().kind == ErrorKind::conflict);
  CHECK(runner.commands.empty());
}

TEST_CASE("addresses that would run programs or be taken for options are refused before git is started") {
  FakeRunner runner;

  CHECK(fetch::fetch_commit_with_git(runner, a_request("ext::sh -c evil")).error().kind ==
        ErrorKind::invalid);
  CHECK(fetch::fetch_commit_with_git(runner, a_request("--upload-pack=evil")).error().kind ==
        ErrorKind::invalid);
  CHECK(fetch::fetch_commit_with_git(runner, a_request("-u://x")).error().kind == ErrorKind::invalid);
  CHECK(fetch::fetch_commit_with_git(runner, a_request("https://-oProxyCommand=evil/x")).error().kind ==
        ErrorKind::invalid);
  CHECK(fetch::fetch_commit_with_git(runner, a_request("git@github.com:o/n")).error().kind ==
        ErrorKind::invalid);
  CHECK(fetch::fetch_commit_with_git(runner, a_request("/a/path")).error().kind == ErrorKind::invalid);
  CHECK(runner.commands.empty());
}

TEST_CASE("git gets a complete environment of its own, and the proxies that are given") {
  FakeRunner runner;
  auto request = a_request("https://example.org/x");
  request.environment = {"https_proxy=http://proxy:3128"};

  CHECK(fetch::fetch_commit_with_git(runner, request).error().kind == ErrorKind::not_found);

  REQUIRE(runner.commands.size() == 1);
  const auto& environment = runner.commands[0].environment;
  const auto has = [&](const std::string& entry) {
    return std::find(environment.begin(), environment.end(), entry) != environment.end();
  };
  CHECK(has("GIT_CONFIG_NOSYSTEM=1"));
  CHECK(has("GIT_TERMINAL_PROMPT=0"));
  CHECK(has("GIT_ALLOW_PROTOCOL=https:http:git:file"));
  CHECK(has("https_proxy=http://proxy:3128"));
}

TEST_CASE("a host that cannot be resolved is asked once and is the network's fault") {
  FakeRunner runner;
  runner.on("rev-parse", {.status = 128})
      .on(" init ", {})
      .on(" fetch ",
          {.status = 128, .errors = "fatal: unable to access: Could not resolve host: example.org\n"});

  const auto fetched = fetch::fetch_commit_with_git(runner, a_request("https://user:secret@example.org/x"));

  REQUIRE_FALSE(fetched.has_value());
  CHECK(fetched.error().kind == ErrorKind::network);
  CHECK(
      fetched.error().message ==
      "git cannot fetch https://example.org/x: fatal: unable to access: Could not resolve host: example.org");
  CHECK(std::count_if(runner.commands.begin(), runner.commands.end(), [](const system::Command& command) {
          return command.text().find(" fetch ") != std::string::npos;
        }) == 1);
}
