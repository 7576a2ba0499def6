// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/git.hpp"

#include "base/text.hpp"
#include "fetch/url.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace kpkg::fetch {
namespace {

using Arguments = std::vector<std::string>;

constexpr std::array<std::string_view, 4> allowed_schemes = {"https", "http", "git", "file"};

/// What git says when asking again in another way would not help.
constexpr std::array<std::string_view, 8> hopeless = {
    "Could not resolve", "unable to look up", "Failed to connect", "Couldn't connect",
    "Authentication",    "terminal prompts",  "not found",         "does not appear to be a git repository"};

/// Overrides every .gitattributes of the tree, so that files have the bytes that their ids are made of.
/// Source: gitattributes(5): $GIT_DIR/info/attributes has the highest precedence.
constexpr std::string_view no_conversion = "* -text -crlf -ident -filter -working-tree-encoding\n";

bool contains_any(std::string_view text, const auto& needles) {
  return std::any_of(needles.begin(), needles.end(),
                     [&](std::string_view needle) { return text.find(needle) != std::string_view::npos; });
}

/// One fetch: a repository of its own in a scratch directory, where nothing of the user or the system is in
/// force.
class Checkout {
 public:
  Checkout(system::Runner& runner, const CommitRequest& request, std::string scratch)
      : runner_(runner), request_(request), commit_(request.commit.hex()), scratch_(std::move(scratch)) {}

  Result<FetchedCommit> run() {
    KPKG_TRY(git({"init", "--quiet", "--template=", repository()}));
    KPKG_TRY(system::make_directories(repository() + "/.git/info"));
    KPKG_TRY(system::write_file(repository() + "/.git/info/attributes", no_conversion));
    KPKG_TRY(fetch());
    const auto tree = KPKG_TRY(git(inside({"rev-parse", "--verify", commit_ + "^{tree}"})));
    FetchedCommit fetched{.tree = KPKG_TRY(crypto::GitId::parse(trimmed(tree.output)))};
    fetched.submodules = KPKG_TRY(submodules());
    KPKG_TRY(system::make_directories(request_.destination));
    KPKG_TRY(git(inside({"read-tree", commit_})));
    KPKG_TRY(git(inside({"checkout-index", "--all", "--quiet"})));
    return fetched;
  }

 private:
  std::string repository() const { return scratch_ + "/repository"; }

  Arguments inside(Arguments arguments) const {
    arguments.insert(arguments.begin(),
                     {"--git-dir=" + repository() + "/.git", "--work-tree=" + request_.destination});
    return arguments;
  }

  /// Asks in ever broader ways until the commit is there.
  Status fetch() {
    const Arguments everything = {"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"};
    KPKG_TRY(attempt({"--depth=1"}, {commit_}));
    if (!KPKG_TRY(has_commit()) && !is_hopeless()) KPKG_TRY(attempt({"--depth=100"}, everything));
    if (!KPKG_TRY(has_commit()) && !is_hopeless()) {
      const auto shallow = KPKG_TRY(system::status_of(repository() + "/.git/shallow"));
      KPKG_TRY(attempt(shallow ? Arguments{"--unshallow"} : Arguments{}, everything));
    }
    if (KPKG_TRY(has_commit())) return {};
    return fail(failure());
  }

  Status attempt(const Arguments& depth, const Arguments& what) {
    Arguments arguments = {"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--update-head-ok"};
    arguments.insert(arguments.end(), depth.begin(), depth.end());
    arguments.insert(arguments.end(), {"--", request_.url});
    arguments.insert(arguments.end(), what.begin(), what.end());
    const auto outcome = KPKG_TRY(runner_.run(command(inside(arguments))));
    if (outcome.interrupted) return fail(ErrorKind::interrupted, "git was interrupted");
    last_words_ = outcome.succeeded() ? std::string() : outcome.errors;
    return {};
  }

  /// Whether it is there, and is a commit and not a tag that leads to one.
  Result<bool> has_commit() {
    const auto outcome =
        KPKG_TRY(runner_.run(command(inside({"rev-parse", "--quiet", "--verify", commit_ + "^{commit}"}))));
    return outcome.succeeded() && trimmed(outcome.output) == commit_;
  }

  bool is_hopeless() const { return contains_any(last_words_, hopeless); }

  Error failure() const {
    const auto url = without_credentials(request_.url);
    if (last_words_.empty())
      return Error{.kind = ErrorKind::not_found,
                   .message = fmt::format("{} does not have the commit {}", url, commit_),
                   .context = {},
                   .hint = "check the commit; a branch that was rewritten no longer has its old ones"};
    const auto said = lines(trimmed(printable(last_words_)));
    const bool is_absent =
        contains_any(last_words_, std::array<std::string_view, 2>{"not found", "does not appear"});
    return Error{.kind = is_absent ? ErrorKind::not_found : ErrorKind::network,
                 .message = fmt::format("git cannot fetch {}: {}", url,
                                        said.empty() ? "it said nothing" : said.back()),
                 .context = {},
                 .hint = "check the address and the network connection"};
  }

  /// Source: git-ls-tree(1), "OUTPUT FORMAT": mode, type and id, a tab, the path; NUL after each with -z.
  Result<std::vector<CommitSubmodule>> submodules() {
    const auto listed = KPKG_TRY(git(inside({"ls-tree", "-r", "-z", "--full-tree", commit_})));
    constexpr std::string_view mark = "160000 commit ";
    std::vector<CommitSubmodule> found;
    for (const auto& line : split(listed.output, '\0')) {
      const auto tab = line.find('\t');
      if (!line.starts_with(mark) || tab == std::string::npos) continue;
      const auto id = std::string_view(line).substr(mark.size(), tab - mark.size());
      const auto commit = KPKG_TRY(crypto::GitId::parse(id));
      found.push_back({.path = line.substr(tab + 1), .commit = commit});
    }
    return found;
  }

  Result<system::Outcome> git(Arguments arguments) {
    return system::run_successfully(runner_, command(std::move(arguments)));
  }

  system::Command command(Arguments arguments) const {
    const Arguments settings = {"-c", "protocol.ext.allow=never",
                                "-c", "core.hooksPath=/dev/null",
                                "-c", "core.fsmonitor=false",
                                "-c", "core.symlinks=true",
                                "-c", "core.autocrlf=false",
                                "-c", "core.attributesFile=/dev/null",
                                "-c", "gc.auto=0",
                                "-c", "maintenance.auto=false",
                                "-c", "init.defaultBranch=kpkg",
                                "-c", "http.lowSpeedLimit=100",
                                "-c", "http.lowSpeedTime=60",
                                "-c", "credential.helper="};
    arguments.insert(arguments.begin(), settings.begin(), settings.end());
    auto environment = system::system_environment();
    environment.insert(environment.end(), request_.environment.begin(), request_.environment.end());
    environment.insert(environment.end(),
                       {"HOME=" + scratch_, "XDG_CONFIG_HOME=" + scratch_, "GIT_CONFIG_NOSYSTEM=1",
                        "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
                        "GIT_NO_REPLACE_OBJECTS=1", "GIT_ALLOW_PROTOCOL=https:http:git:file"});
    return system::Command{.program = "git",
                           .arguments = std::move(arguments),
                           .environment = std::move(environment),
                           .directory = scratch_,
                           .cost = system::Cost::work};
  }

  system::Runner& runner_;
  const CommitRequest& request_;
  std::string commit_;
  std::string scratch_;
  std::string last_words_;  // what git said when the last attempt failed
};

/// A scheme that is known keeps away "ext::sh -c …", "user@host:path" and everything that begins with a dash.
Status check_request(const CommitRequest& request) {
  const auto scheme = scheme_of(request.url);
  const bool is_known =
      std::find(allowed_schemes.begin(), allowed_schemes.end(), scheme) != allowed_schemes.end();
  if (!is_known || !is_clean_url(request.url) || host_of(request.url).starts_with('-'))
    return fail(ErrorKind::invalid,
                fmt::format("\"{}\" is not a repository to fetch from", printable(request.url)),
                "write an address that begins with https://, http://, git:// or file://");
  if (KPKG_TRY(system::status_of(request.destination)))
    return fail(ErrorKind::conflict, fmt::format("{} exists already", request.destination));
  return {};
}

}  // namespace

Result<FetchedCommit> fetch_commit_with_git(system::Runner& runner, const CommitRequest& request) {
  KPKG_TRY(check_request(request));
  const auto parent = request.destination.substr(0, std::max<std::size_t>(request.destination.rfind('/'), 1));
  const auto scratch = KPKG_TRY(system::TempDir::create(parent, ".kpkg-git-"));
  return Checkout(runner, request, scratch.path())
      .run()
      .within(
          fmt::format("fetching commit {} of {}", request.commit.hex(), without_credentials(request.url)));
}

}  // namespace kpkg::fetch
