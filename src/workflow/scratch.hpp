// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/root.hpp"

#include <string>
#include <utility>

namespace kpkg::workflow {

/// Private to workflow/: a directory of the root under a fixed name, so that the next run finds and removes
/// what a killed one left; whoever makes it holds the lock. Owns it: it goes away with this object.
class Scratch {
 public:
  /// Anybody may enter it: apt downloads with the rights of its own user.
  static Result<Scratch> create(const system::Root& root, const std::string& path);

  Scratch(Scratch&& other) noexcept
      : path_(std::move(other.path_)), host_path_(std::exchange(other.host_path_, {})) {}
  Scratch& operator=(Scratch&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(host_path_, other.host_path_);
    return *this;
  }
  ~Scratch();

  const std::string& path() const { return path_; }            ///< in the root
  const std::string& host_path() const { return host_path_; }  ///< of the host

 private:
  Scratch(std::string path, std::string host_path)
      : path_(std::move(path)), host_path_(std::move(host_path)) {}

  std::string path_;
  std::string host_path_;
};

}  // namespace kpkg::workflow
