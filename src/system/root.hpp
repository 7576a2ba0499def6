// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/file.hpp"
#include "system/open_file.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::system {

/// The target system's file tree: "/" or the directory given with --root.
///
/// Every path is absolute inside the root. Links, absolute ones and ".." included, are followed inside it and
/// never lead out (openat2 with RESOLVE_IN_ROOT; where the kernel lacks it, by our own walk). Owns a
/// descriptor of the directory.
class Root {
 public:
  /// Errors: not_found, permission.
  static Result<Root> open(const std::string& directory);

  /// The canonical host path of the root, "/" for this machine itself.
  const std::string& directory() const { return directory_; }
  bool is_host() const { return directory_ == "/"; }

  /// `path` with every link followed inside the root, or nothing if it does not exist.
  Result<std::optional<std::string>> real_path(std::string_view path) const;

  /// Where programs of the host find `path`; links are followed inside the root, as far as the path exists.
  Result<std::string> host_path(std::string_view path) const;

  /// What `path` itself is (its parents' links are followed), or nothing.
  Result<std::optional<FileStatus>> status(std::string_view path) const;

  Result<std::string> read(std::string_view path, std::uint64_t limit = 256U << 20) const;
  Result<std::optional<std::string>> read_if_present(std::string_view path,
                                                     std::uint64_t limit = 256U << 20) const;

  /// The file, open for reading parts of it.
  Result<OpenFile> open_file(std::string_view path) const;

  /// Sorted entries, or nothing if the directory is absent.
  Result<std::optional<std::vector<DirectoryEntry>>> list(std::string_view path) const;

  Status make_directories(std::string_view path, std::uint32_t mode = 0755) const;

  /// Replaces the file at once, on disk when this returns.
  Status write(std::string_view path, std::string_view bytes, std::uint32_t mode = 0644) const;

  /// Renames inside the root, on disk when this returns; `to` is replaced.
  Status rename(std::string_view from, std::string_view to) const;

  /// Gives what has the name `first` the name `second` and the other way round, at once and on disk when this
  /// returns; whole directories too. Both must exist.
  ///
  /// Errors: unsupported: this kernel or file system cannot do it. Source: rename(2), RENAME_EXCHANGE.
  Status exchange(std::string_view first, std::string_view second) const;

  /// A second name for a file. Errors: io: `to` exists.
  Status link(std::string_view from, std::string_view to) const;

  /// Makes `path` a link that says `target`. Errors: io: `path` exists.
  Status make_link(const std::string& target, std::string_view path) const;

  /// Removes a file or link; absent is success.
  Status remove(std::string_view path) const;

  /// Removes a file, a link or a whole directory, never following links in it; absent is success.
  Status remove_tree(std::string_view path) const;

  /// Removes the directory if it is empty; otherwise does nothing.
  Status remove_if_empty(std::string_view path) const;

 private:
  Root(std::string directory, Fd descriptor)
      : directory_(std::move(directory)), descriptor_(std::make_shared<const Fd>(std::move(descriptor))) {}

  struct Place;  // a parent's descriptor and the last component
  Result<Place> place(std::string_view path) const;
  Result<Fd> open_inside(std::string_view path, int flags) const;

  std::string directory_;
  std::shared_ptr<const Fd> descriptor_;  // of all copies
};

}  // namespace kpkg::system
