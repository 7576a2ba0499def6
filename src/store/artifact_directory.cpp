// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/artifact_directory.hpp"

#include <fmt/format.h>

namespace kpkg::store {
namespace {

/// Not ".ko", so that nothing that looks for modules takes it for an installed one.
constexpr std::string_view suffix = ".ko-file";

/// In the names of files that system::NewFile has not published yet.
constexpr std::string_view begun = ".ko-file.kpkg-";

std::string directory_of(const crypto::Digest& digest) {
  return fmt::format("{}/{}", artifact_directory, digest.hex().substr(0, 2));
}

std::optional<crypto::Digest> digest_in(std::string_view name) {
  if (!name.ends_with(suffix)) return std::nullopt;
  name.remove_suffix(suffix.size());
  const auto digest = crypto::Digest::parse(name);
  return digest ? std::optional(*digest) : std::nullopt;
}

}  // namespace

std::string artifact_path(const crypto::Digest& digest) {
  return fmt::format("{}/{}{}", directory_of(digest), digest.hex(), suffix);
}

Result<crypto::Digest> keep_artifact(const system::Root& root, std::string_view bytes) {
  const auto digest = crypto::sha256(bytes);
  const auto path = artifact_path(digest);
  const auto kept = KPKG_TRY(root.read_if_present(path));
  if (kept && *kept == bytes) return digest;
  KPKG_TRY(root.make_directories(directory_of(digest)));
  KPKG_TRY(root.write(path, bytes).within("keeping an artifact"));
  return digest;
}

Result<std::string> read_artifact(const system::Root& root, const crypto::Digest& digest) {
  auto bytes = KPKG_TRY(root.read_if_present(artifact_path(digest)));
  if (!bytes)
    return fail(ErrorKind::not_found, fmt::format("artifact {} is not in the store any more", digest.hex()),
                "build it again with `kpkg rebuild`");
  if (crypto::sha256(*bytes) != digest)
    return fail(ErrorKind::trust, fmt::format("artifact {} is damaged: its digest differs", digest.hex()),
                "build it again with `kpkg rebuild`");
  return *std::move(bytes);
}

Status drop_artifact(const system::Root& root, const crypto::Digest& digest) {
  KPKG_TRY(root.remove(artifact_path(digest)));
  return root.remove_if_empty(directory_of(digest));
}

Status drop_unfinished_artifacts(const system::Root& root) {
  const auto directories = KPKG_TRY(root.list(artifact_directory));
  if (!directories) return {};
  for (const auto& directory : *directories) {
    const auto path = fmt::format("{}/{}", artifact_directory, directory.name);
    const auto files = KPKG_TRY(root.list(path));
    if (!files) continue;
    for (const auto& file : *files)
      if (file.name.find(begun) != std::string::npos) KPKG_TRY(root.remove(path + "/" + file.name));
  }
  return {};
}

Result<std::vector<crypto::Digest>> kept_artifacts(const system::Root& root) {
  std::vector<crypto::Digest> kept;
  const auto directories = KPKG_TRY(root.list(artifact_directory));
  if (!directories) return kept;
  for (const auto& directory : *directories) {
    if (directory.type != system::FileType::directory) continue;
    const auto files = KPKG_TRY(root.list(fmt::format("{}/{}", artifact_directory, directory.name)));
    if (!files) continue;
    for (const auto& file : *files)
      if (const auto digest = digest_in(file.name)) kept.push_back(*digest);
  }
  return kept;
}

}  // namespace kpkg::store
