// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/source_parts.hpp"

#include "archive/source_tree.hpp"
#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "distro/apt.hpp"
#include "fetch/url.hpp"
#include "workflow/announcement.hpp"
#include "workflow/fetched_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// Where Debian's -dkms packages keep their sources: usr/src/NAME-VERSION.
constexpr std::string_view packaged_sources = "usr/src/";

Result<std::string> package_file(const Workspace& workspace, const crypto::Digest& digest) {
  const auto downloads = KPKG_TRY(downloads_of(workspace));
  return fmt::format("{}/sha256-{}", downloads, digest.hex());
}

/// The one directory usr/src/NAME-VERSION of a package; of several, the one that begins with the recipe's
/// name.
Result<std::string> packaged_directory(const std::string& file, const std::string& recipe_name) {
  std::vector<std::string> found;
  for (const auto& member : KPKG_TRY(archive::member_names(file))) {
    if (!member.starts_with(packaged_sources)) continue;
    const auto name = member.substr(packaged_sources.size(),
                                    member.find('/', packaged_sources.size()) - packaged_sources.size());
    if (!name.empty() && (found.empty() || found.back() != name)) found.push_back(name);
  }
  const auto own = std::find_if(found.begin(), found.end(),
                                [&](const auto& name) { return name.starts_with(recipe_name + "-"); });
  if (own != found.end()) return *own;
  if (found.size() == 1) return found.front();
  return fail(ErrorKind::corrupt, fmt::format("the package has {} under /usr/src instead of one",
                                              counted(found.size(), "source directory candidate")));
}

std::string version_of(const std::string& directory, const std::string& recipe_name) {
  if (directory.starts_with(recipe_name + "-")) return directory.substr(recipe_name.size() + 1);
  return directory.substr(directory.find_last_of('-') + 1);
}

/// Downloads the package (any version, or exactly one) into the cache of downloads, where its name is its
/// digest.
Result<PartIdentity> download_apt(const Workspace& workspace, const std::string& recipe_name,
                                  const recipe::Source& source, std::optional<std::string> version) {
  const Announcement announcement(workspace, Stage::download, source.apt);
  const auto downloads = KPKG_TRY(downloads_of(workspace));
  const auto work = KPKG_TRY(system::TempDir::create(downloads, "apt-"));
  const auto package = KPKG_TRY(distro::download_package(
      workspace.runner,
      {.name = source.apt, .version = std::move(version), .directory = work.path() + "/deb"}));
  const auto bytes = KPKG_TRY(system::read_file(package.file));
  const auto directory =
      KPKG_TRY(packaged_directory(package.file, recipe_name).within("looking into " + source.apt));
  KPKG_TRY(system::write_file(KPKG_TRY(package_file(workspace, package.digest)), bytes));
  return PartIdentity{.source = source,
                      .identity = fmt::format("{} {}", source.apt, package.version),
                      .digest = package.digest,
                      .version = version_of(directory, recipe_name),
                      .package_version = package.version,
                      .directory = directory};
}

/// What the records say of the package: a newer version is taken only if it was asked for.
std::optional<PartIdentity> recorded_apt(const recipe::Source& source,
                                         const std::vector<store::SourceRecord>& recorded) {
  const auto known = std::find_if(recorded.begin(), recorded.end(), [&](const store::SourceRecord& record) {
    return record.kind == "apt" && record.identity.starts_with(source.apt + " ");
  });
  if (known == recorded.end()) return std::nullopt;
  return PartIdentity{.source = source,
                      .identity = known->identity,
                      .digest = known->digest,
                      .version = known->version,
                      .package_version = known->identity.substr(source.apt.size() + 1),
                      .directory = ""};
}

Status obtain_apt(const Workspace& workspace, const PartIdentity& part, const std::string& destination) {
  const auto file = KPKG_TRY(package_file(workspace, part.digest));
  const auto cached = system::read_file(file);
  if (!cached || crypto::sha256(*cached) != part.digest) {
    const auto again = KPKG_TRY(
        download_apt(workspace, part.source.apt, part.source, part.package_version)
            .with_hint("that version is no longer offered; kpkg install --upgrade takes the newest"));
    if (again.digest != part.digest)
      return fail(ErrorKind::trust,
                  fmt::format("{} has digest {}, but {} was recorded", part.identity, again.digest.hex(),
                              part.digest.hex()),
                  "the archive changed a published package; look into it before you trust it");
  }
  const auto stem = part.version.empty() ? part.source.apt : part.version;
  std::string directory;
  for (const auto& member : KPKG_TRY(archive::member_names(file))) {
    if (!member.starts_with(packaged_sources)) continue;
    const auto name = member.substr(0, member.find('/', packaged_sources.size()));
    if (name.ends_with("-" + stem)) directory = name;
  }
  const Announcement announcement(workspace, Stage::unpack, part.identity);
  KPKG_TRY(archive::unpack(file, destination, {.prefix = directory, .strip = 3})
               .within("unpacking " + part.identity));
  return {};
}

Status obtain_url(const Workspace& workspace, const PartIdentity& part, const std::string& destination) {
  const Announcement announcement(workspace, Stage::download, fetch::without_credentials(part.source.url));
  std::vector<std::string> urls = part.source.mirrors;
  urls.insert(urls.begin(), part.source.url);
  const auto download = KPKG_TRY(fetch_archive(workspace, std::move(urls), part.digest));
  KPKG_TRY(archive::unpack(download.file, destination, {.strip = static_cast<std::size_t>(part.source.strip)})
               .within("unpacking " + part.source.url));
  return {};
}

Status obtain_git(const Workspace& workspace, const PartIdentity& part, const std::string& destination) {
  const auto& source = part.source;
  const Announcement announcement(workspace, Stage::download, source.git);
  return fetch_commit(
      workspace, {.url = source.git, .commit = source.commit, .tree = source.tree, .sha256 = source.sha256},
      destination);
}

Result<PartIdentity> identify_url(const recipe::Source& source) {
  const auto digest = KPKG_TRY(crypto::Digest::parse(source.sha256));
  return PartIdentity{.source = source, .identity = source.url, .digest = digest};
}

/// A directory's identity is the git tree id of what is in it, so that a rebuild happens when and only when
/// it changed.
Result<PartIdentity> identify_directory(const recipe::Source& source, const std::string& path) {
  const auto directory = KPKG_TRY(system::canonical_path(path).within("looking for the source"));
  const auto tree = KPKG_TRY(archive::git_tree_id(directory));
  return PartIdentity{.source = source,
                      .identity = directory,
                      .digest = crypto::sha256(tree.hex()),
                      .version = "",
                      .package_version = "",
                      .directory = directory};
}

}  // namespace

Result<PartIdentity> identify_part(const Workspace& workspace, const LoadedRecipe& loaded,
                                   const recipe::Source& source, const SourceWish& wish,
                                   const std::vector<store::SourceRecord>& recorded) {
  switch (source.kind()) {
    case recipe::SourceKind::url: return identify_url(source);
    case recipe::SourceKind::git:
      return PartIdentity{.source = source,
                          .identity = fmt::format("{} {}", source.git, source.commit),
                          .digest = crypto::sha256(source.tree.empty() ? source.sha256 : source.tree)};
    case recipe::SourceKind::path:
      return identify_directory(
          source, source.path.starts_with('/') ? source.path : loaded.directory + "/" + source.path);
    case recipe::SourceKind::apt:
      if (const auto known = recorded_apt(source, recorded); known && !wish.upgrade) return *known;
      return download_apt(workspace, loaded.recipe.name, source, std::nullopt);
  }
  return fail(ErrorKind::invalid, "a source of an unknown kind");
}

Status obtain_part(const Workspace& workspace, const PartIdentity& part, const std::string& destination) {
  switch (part.source.kind()) {
    case recipe::SourceKind::url: return obtain_url(workspace, part, destination);
    case recipe::SourceKind::git: return obtain_git(workspace, part, destination);
    case recipe::SourceKind::path: return system::copy_tree(part.directory, destination);
    case recipe::SourceKind::apt: return obtain_apt(workspace, part, destination);
  }
  return fail(ErrorKind::invalid, "a source of an unknown kind");
}

}  // namespace kpkg::workflow
