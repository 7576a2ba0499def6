// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::install {

/// The operations on files with which apply() and recover() change a root, and the seam through which tests
/// make each of them fail. Their meaning is that of system::Root.
class Disk {
 public:
  virtual ~Disk() = default;

  virtual Result<std::optional<std::string>> read_if_present(const std::string& path) = 0;
  virtual Result<std::optional<std::vector<system::DirectoryEntry>>> list(const std::string& path) = 0;
  virtual Status make_directories(const std::string& path) = 0;
  virtual Status write(const std::string& path, std::string_view bytes) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status link(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status remove_if_empty(const std::string& path) = 0;

  /// The host's path of the root, "/" for this machine itself.
  virtual std::string directory() const = 0;

  /// Where programs of the host find `path` of the root.
  virtual Result<std::string> host_path(const std::string& path) const = 0;
};

/// The files of a real root.
class RootDisk final : public Disk {
 public:
  explicit RootDisk(const system::Root& root) : root_(root) {}

  Result<std::optional<std::string>> read_if_present(const std::string& path) override;
  Result<std::optional<std::vector<system::DirectoryEntry>>> list(const std::string& path) override;
  Status make_directories(const std::string& path) override;
  Status write(const std::string& path, std::string_view bytes) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status link(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status remove_if_empty(const std::string& path) override;
  std::string directory() const override;
  Result<std::string> host_path(const std::string& path) const override;

 private:
  const system::Root& root_;
};

}  // namespace kpkg::install
