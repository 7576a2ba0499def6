// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/disk.hpp"

namespace kpkg::install {

Result<std::optional<std::string>> RootDisk::read_if_present(const std::string& path) {
  return root_.read_if_present(path);
}

Result<std::optional<std::vector<system::DirectoryEntry>>> RootDisk::list(const std::string& path) {
  return root_.list(path);
}

Status RootDisk::make_directories(const std::string& path) {
  return root_.make_directories(path);
}

Status RootDisk::write(const std::string& path, std::string_view bytes) {
  return root_.write(path, bytes, 0644);
}

Status RootDisk::rename(const std::string& from, const std::string& to) {
  return root_.rename(from, to);
}

Status RootDisk::link(const std::string& from, const std::string& to) {
  return root_.link(from, to);
}

Status RootDisk::remove(const std::string& path) {
  return root_.remove(path);
}

Status RootDisk::remove_if_empty(const std::string& path) {
  return root_.remove_if_empty(path);
}

std::string RootDisk::directory() const {
  return root_.directory();
}

Result<std::string> RootDisk::host_path(const std::string& path) const {
  return root_.host_path(path);
}

}  // namespace kpkg::install
