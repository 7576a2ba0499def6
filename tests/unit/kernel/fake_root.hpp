// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/kernel.hpp"
#include "system/host.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::test {

/// A root in a temporary directory, whose path has a blank in it.
class FakeRoot {
 public:
  FakeRoot& file(const std::string& path, std::string_view bytes = "x");
  FakeRoot& link(const std::string& target, const std::string& path);
  FakeRoot& directory(const std::string& path);
  FakeRoot& merged_usr() { return directory("/usr/lib").link("usr/lib", "/lib"); }

  /// A tree in which kbuild would work, as far as names tell.
  FakeRoot& tree(const std::string& path);

  /// A module that says intree=Y and is otherwise that of a_kernel().
  FakeRoot& own_module(const std::string& path);

  /// The file at `path` replaced by what `program` makes of it, as `xz` does.
  FakeRoot& compressed(const std::string& program, const std::string& path);

  const system::Root& root() const { return root_; }

 private:
  std::string host(const std::string& path) const { return directory_.path() + path; }

  system::TempDir directory_ = *system::TempDir::create("/tmp", "kpkg kernel test-");
  system::Root root_ = *system::Root::open(directory_.path());
};

/// A machine that runs `release`.
system::Host a_host(std::string release);

/// The kernels of the root, on a machine that runs something else.
std::vector<kernel::Kernel> kernels_of(const FakeRoot& world);

/// The only kernel of the root.
kernel::Kernel kernel_of(const FakeRoot& world);

}  // namespace kpkg::test
