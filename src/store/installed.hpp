// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/digest.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::store {

enum class FileKind { module, configuration };

std::string_view name_of(FileKind kind);

/// One file that kpkg put into the root. A path has one owner.
struct InstalledRecord {
  std::string recipe;
  std::string version;
  std::string kernel;     ///< release; empty for configuration files, which serve every kernel
  std::string module;     ///< name; empty for configuration files
  std::string path;       ///< in the root
  crypto::Digest digest;  ///< of the file
  FileKind kind = FileKind::module;
  std::optional<crypto::Digest> artifact;  ///< whose bytes it has; nothing for configuration files
  std::int64_t transaction = 0;            ///< that put it there
  /// The flag that let it in although nothing proves the tree it was built in; empty: it took none.
  std::string allowed_by = {};

  bool operator==(const InstalledRecord&) const = default;
};

/// Remembers the file in place of what was remembered of its path.
Status record_installed(Store& store, const InstalledRecord& file);
Status forget_installed(Store& store, const std::string& path);

/// The files of the recipe for the kernel and, since they serve it too, its configuration files; by path.
Result<std::vector<InstalledRecord>> installed_of(Store& store, const std::string& recipe,
                                                  const std::string& kernel);

/// Every installed file of a kernel, whatever its recipe, and every configuration file; by path.
Result<std::vector<InstalledRecord>> installed_for(Store& store, const std::string& kernel);

/// Every installed file, by path.
Result<std::vector<InstalledRecord>> installed(Store& store);

/// How a module started or did not. `outcome` is install::LoadOutcome by name.
struct LoadRecord {
  std::string module;
  std::string kernel;  ///< release
  std::string outcome;
  std::int64_t when = 0;  ///< seconds since the epoch
  std::string detail;
  std::optional<crypto::Digest> artifact;  ///< what was loaded, where it is known

  bool operator==(const LoadRecord&) const = default;
};

Status record_load(Store& store, const LoadRecord& load);

/// The loads of the module on the kernel, newest first; an empty kernel means every one.
Result<std::vector<LoadRecord>> loads_of(Store& store, const std::string& module, const std::string& kernel,
                                         std::int64_t limit = 100);

}  // namespace kpkg::store
