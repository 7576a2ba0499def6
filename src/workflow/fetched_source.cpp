// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/fetched_source.hpp"

#include "archive/source_tree.hpp"
#include "archive/unpack.hpp"
#include "crypto/git_object.hpp"
#include "fetch/downloader.hpp"
#include "fetch/forge.hpp"
#include "fetch/git.hpp"
#include "fetch/url.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace kpkg::workflow {
namespace {

/// Unpacks the forge's own archive of the commit; false: there is none, or it is not the tree that is wanted.
Result<bool> fetch_from_forge(const Workspace& workspace, const CommitSource& source,
                              const std::string& destination) {
  // Of an archive that nothing tells of nobody could say that it is the commit.
  if (source.tree.empty() && source.sha256.empty()) return false;
  const auto commit = KPKG_TRY(crypto::GitId::parse(source.commit));
  const auto archive_file = destination + ".tar.gz";
  const auto downloader = downloader_of(workspace);
  for (const auto& url : fetch::forge_archive_urls(source.url, commit)) {
    std::optional<crypto::Digest> digest;
    if (!source.sha256.empty()) digest = KPKG_TRY(crypto::Digest::parse(source.sha256));
    const auto download = downloader.download({.url = url, .destination = archive_file, .digest = digest},
                                              progress_of(workspace, source.url));
    if (!download && download.error().kind == ErrorKind::interrupted) return fail(download.error());
    if (!download) continue;
    KPKG_TRY(archive::unpack(archive_file, destination, {.strip = 1}).within("unpacking " + url));
    KPKG_TRY(system::remove_all(archive_file));
    if (source.tree.empty()) return true;
    const auto tree = KPKG_TRY(archive::git_tree_id(destination));
    if (tree.hex() == source.tree) return true;
    // .gitattributes (export-ignore, export-subst), LFS and submodules make an archive differ from its tree.
    workspace.observer.on(
        {.kind = EventKind::note,
         .stage = Stage::download,
         .text = fmt::format("the archive of {} is not its tree; fetching the commit with git", source.url)});
    KPKG_TRY(system::remove_all(destination));
  }
  return false;
}

}  // namespace

fetch::Downloader downloader_of(const Workspace& workspace) {
  return fetch::Downloader(workspace.runner, {.proxies = workspace.host.proxies});
}

fetch::ProgressObserver progress_of(const Workspace& workspace, const std::string& subject) {
  return [&workspace, subject](const fetch::Progress& progress) {
    workspace.observer.on({.kind = EventKind::progress,
                           .stage = Stage::download,
                           .subject = subject,
                           .done = progress.received,
                           .total = progress.total.value_or(0)});
  };
}

Result<std::string> downloads_of(const Workspace& workspace) {
  KPKG_TRY(workspace.root.make_directories(places::downloads));
  return workspace.root.host_path(places::downloads);
}

Result<fetch::Download> fetch_archive(const Workspace& workspace, std::vector<std::string> urls,
                                      const crypto::Digest& digest) {
  const auto subject = fetch::without_credentials(urls.front());
  const auto cache = KPKG_TRY(downloads_of(workspace));
  const auto downloader = downloader_of(workspace);
  return fetch::fetch_by_digest(downloader, {.urls = std::move(urls), .digest = digest, .cache = cache},
                                progress_of(workspace, subject));
}

Status fetch_commit(const Workspace& workspace, const CommitSource& source, const std::string& destination) {
  if (KPKG_TRY(fetch_from_forge(workspace, source, destination))) return {};
  const auto commit = KPKG_TRY(crypto::GitId::parse(source.commit));
  const auto fetched =
      KPKG_TRY(fetch::fetch_commit_with_git(workspace.runner, {.url = source.url,
                                                               .commit = commit,
                                                               .destination = destination,
                                                               .environment = workspace.host.proxies}));
  std::vector<archive::Submodule> submodules;
  for (const auto& submodule : fetched.submodules) submodules.push_back({submodule.path, submodule.commit});
  KPKG_TRY(archive::check_links(destination));
  const auto tree = KPKG_TRY(archive::git_tree_id(destination, submodules));
  const auto wanted = source.tree.empty() ? fetched.tree.hex() : source.tree;
  if (tree.hex() == wanted) return {};
  const auto names = source.tree.empty() ? "its commit names" : "the recipe names";
  return fail(ErrorKind::trust,
              fmt::format("commit {} of {} has the tree {}, but {} {}", source.commit, source.url, tree.hex(),
                          names, wanted),
              "whoever wrote the recipe must look at the difference; nothing was used");
}

}  // namespace kpkg::workflow
