// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/builds.hpp"
#include "store/installed.hpp"
#include "store/store.hpp"
#include "store/verdicts.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <string>

namespace kpkg::store::world {

/// An empty root and its place on the host.
struct World {
  system::TempDir directory;
  system::Root root;

  std::string host_path(std::string_view path) const { return directory.path() + std::string(path); }
  std::string bytes(std::string_view path) const { return system::read_file(host_path(path)).value(); }
};

World a_world();

/// The root's store, open for writing.
Store a_store(const World& world);

/// A world whose kpkg.db has these bytes.
World a_world_with_database(std::string_view bytes);

crypto::Digest a_digest(std::string_view of);
BuildRecord a_build(const std::string& recipe, const std::string& kernel, BuildOutcome outcome);
ArtifactRecord an_artifact(const std::string& module, const crypto::Digest& digest);
InstalledRecord an_installed_module(const std::string& recipe, const std::string& kernel,
                                    const crypto::Digest& digest);

/// Runs SQL on the file with SQLite itself, past kpkg.
void run_sql(const std::string& file, const std::string& statements);

}  // namespace kpkg::store::world
