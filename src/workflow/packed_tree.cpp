// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/packed_tree.hpp"

#include "archive/unpack.hpp"
#include "crypto/digest.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"
#include "tree/reconstruct.hpp"
#include "workflow/announcement.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

constexpr std::string_view unfinished = ".new";

std::string unpacked_trees() {
  return std::string(places::trees) + "/unpacked";
}

Result<std::string> digest_of(const std::string& file) {
  crypto::Sha256 hash;
  KPKG_TRY(system::read_in_pieces(file, [&](std::string_view piece) { hash.update(piece); }));
  return hash.finish().hex();
}

/// Removes what in a directory of the root was not given its name yet.
Status remove_unfinished(const system::Root& root, const std::string& directory) {
  const auto entries = KPKG_TRY(root.list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>()))
    if (entry.name.ends_with(unfinished))
      KPKG_TRY(system::remove_all(KPKG_TRY(root.host_path(directory + "/" + entry.name))));
  return {};
}

}  // namespace

Result<std::string> unpack_tree(const Workspace& workspace, const std::string& name) {
  const auto& root = workspace.root;
  const auto file = name.starts_with('/') ? name : workspace.host.working_directory + "/" + name;
  if (!KPKG_TRY(system::status_of(file)))
    return fail(ErrorKind::not_found, "there is no " + file,
                "name a tree that kpkg kernel rebuild-tree made");
  const auto place = unpacked_trees() + "/" + KPKG_TRY(digest_of(file));
  if (KPKG_TRY(root.status(place))) return place;
  KPKG_TRY(root.make_directories(unpacked_trees()));
  KPKG_TRY(remove_unfinished(root, unpacked_trees()));
  const Announcement announcement(workspace, Stage::unpack, file, "");
  const auto staging = place + std::string(unfinished);
  const auto host_staging = KPKG_TRY(root.host_path(staging));
  const auto unpacked = archive::unpack(file, host_staging, {.strip = 1}).within("unpacking " + file);
  if (!unpacked) {
    drop(system::remove_all(host_staging), "the next one removes it");
    return fail(unpacked.error());
  }
  KPKG_TRY(root.rename(staging, place));
  return place;
}

Status sweep_trees(const Workspace& workspace, const std::string& release) {
  const auto directory = fmt::format("{}/{}", places::trees, release);
  KPKG_TRY(remove_unfinished(workspace.root, directory));
  KPKG_TRY(remove_unfinished(workspace.root, unpacked_trees()));
  return tree::remove_abandoned_trees(KPKG_TRY(workspace.root.host_path(directory)));
}

}  // namespace kpkg::workflow
