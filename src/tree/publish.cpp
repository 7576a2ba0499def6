// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/pack.hpp"
#include "base/path.hpp"
#include "system/file.hpp"
#include "tree/preconditions.hpp"
#include "tree/reconstruct.hpp"

namespace kpkg::tree {
namespace {

/// The first second of 1980: zip knows no earlier one, and tar warns of the year 1970.
constexpr std::int64_t time_of_members = 315532800;

/// Gives what was made beside its destination that name, on the disk when this returns.
Status give_place(const std::string& made, const std::string& destination) {
  const auto parent = parent_of(destination);
  const auto root = KPKG_TRY(system::Root::open(parent));
  KPKG_TRY(check_absent(destination));
  const auto from = KPKG_TRY(system::canonical_path(made));
  const auto base = root.is_host() ? std::string() : root.directory();
  return root.rename(from.substr(base.size()), destination.substr(parent == "/" ? 0 : parent.size()));
}

}  // namespace

bool is_packed_name(std::string_view name) {
  return name.ends_with(".tar.zst") || name.ends_with(".tar.xz");
}

Result<std::uint64_t> publish_packed(Reconstruction reconstruction, std::string_view top,
                                     const std::string& destination) {
  // Beside the tree, so that it goes away with it; the end of the name says how it is compressed.
  const auto packed = reconstruction.staging.path() + "/packed-" + std::string(last_of(destination));
  const archive::Packed tree{.name = std::string(top), .path = reconstruction.tree};
  KPKG_TRY(archive::pack({tree}, packed, time_of_members).within("packing " + reconstruction.tree));
  const auto status = KPKG_TRY(system::status_of(packed));
  KPKG_TRY(give_place(packed, destination));
  return status ? status->size : 0;
}

Status publish(Reconstruction reconstruction, const std::string& destination) {
  return give_place(reconstruction.tree, destination);
}

Status remove_abandoned_trees(const std::string& directory) {
  return system::remove_abandoned(directory, tree_staging_prefix);
}

}  // namespace kpkg::tree
