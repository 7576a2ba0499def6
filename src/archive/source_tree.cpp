// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/source_tree.hpp"

#include "archive/member_path.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::archive {
namespace {

using system::FileType;

constexpr std::uint32_t executable_by_owner = 0100;

/// Walks one directory of one tree; paths are relative to its top.
class TreeHasher {
 public:
  TreeHasher(const std::string& top, const std::vector<Submodule>& submodules)
      : top_(top), submodules_(submodules) {}

  /// The entries that git would have for the directory; none if it does not exist for git.
  Result<std::vector<crypto::GitEntry>> entries_of(const std::string& directory) {
    const auto listed = KPKG_TRY(system::list_directory(top_ + "/" + directory));
    if (!listed) return fail(ErrorKind::not_found, fmt::format("{}/{} is not a directory", top_, directory));
    std::vector<crypto::GitEntry> entries;
    for (const auto& found : *listed) {
      const auto path = directory.empty() ? found.name : directory + "/" + found.name;
      auto entry = KPKG_TRY(entry_of(path, found));
      if (entry) entries.push_back(std::move(*entry));
    }
    return entries;
  }

  /// The path of a submodule that was not met, if any.
  std::optional<std::string> unmet() const {
    const auto missing =
        std::find_if(submodules_.begin(), submodules_.end(), [&](const Submodule& submodule) {
          return std::find(met_.begin(), met_.end(), submodule.path) == met_.end();
        });
    return missing == submodules_.end() ? std::nullopt : std::optional(missing->path);
  }

 private:
  using Entry = std::optional<crypto::GitEntry>;

  Result<Entry> entry_of(const std::string& path, const system::DirectoryEntry& found) {
    const auto full = top_ + "/" + path;
    switch (found.type) {
      case FileType::regular: {
        const auto status = KPKG_TRY(system::status_of(full));
        const bool runs = status && (status->mode & executable_by_owner) != 0;
        const auto mode = runs ? crypto::GitMode::executable : crypto::GitMode::file;
        const auto content = KPKG_TRY(system::read_file(full));
        return Entry({mode, found.name, crypto::git_blob_id(content)});
      }
      case FileType::link: {
        const auto target = KPKG_TRY(system::read_link(full));
        return Entry({crypto::GitMode::link, found.name, crypto::git_blob_id(target)});
      }
      case FileType::directory: return directory_entry(path, found.name);
      case FileType::other: break;
    }
    return fail(ErrorKind::corrupt, fmt::format("{} is a device, a pipe or a socket", shown(full)));
  }

  Result<Entry> directory_entry(const std::string& path, const std::string& name) {
    const auto submodule = std::find_if(submodules_.begin(), submodules_.end(),
                                        [&](const Submodule& candidate) { return candidate.path == path; });
    if (submodule != submodules_.end()) {
      met_.push_back(path);
      return Entry({crypto::GitMode::submodule, name, submodule->commit});
    }
    auto entries = KPKG_TRY(entries_of(path));
    if (entries.empty()) return Entry();
    return Entry({crypto::GitMode::directory, name, crypto::git_tree_id(std::move(entries))});
  }

  const std::string& top_;
  const std::vector<Submodule>& submodules_;
  std::vector<std::string> met_;
};

Status collect_links(const std::string& top, const std::string& directory, Links& links) {
  const auto listed = KPKG_TRY(system::list_directory(top + "/" + directory));
  if (!listed) return fail(ErrorKind::not_found, fmt::format("{}/{} is not a directory", top, directory));
  for (const auto& found : *listed) {
    const auto path = directory.empty() ? found.name : directory + "/" + found.name;
    if (found.type == FileType::directory) KPKG_TRY(collect_links(top, path, links));
    if (found.type == FileType::link) links[path] = KPKG_TRY(system::read_link(top + "/" + path));
  }
  return {};
}

}  // namespace

Result<crypto::GitId> git_tree_id(const std::string& directory, const std::vector<Submodule>& submodules) {
  TreeHasher hasher(directory, submodules);
  auto entries = KPKG_TRY(hasher.entries_of(""));
  if (const auto unmet = hasher.unmet())
    return fail(ErrorKind::not_found, fmt::format("{} has no directory {}", directory, shown(*unmet)));
  return crypto::git_tree_id(std::move(entries));
}

Status check_links(const std::string& directory) {
  Links links;
  KPKG_TRY(collect_links(directory, "", links));
  const auto found = link_leading_out(links);
  if (!found) return {};
  return fail(ErrorKind::corrupt, fmt::format("the link \"{}\" leads out of its directory, to \"{}\"",
                                              shown(*found), shown(links[*found])));
}

}  // namespace kpkg::archive
