// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/temp_dir.hpp"
#include "tree/reconstruct.hpp"

#include <string>

namespace kpkg::test {

/// A root with a kernel 9.9-kpkg of Linux 9.9.9 and a source for it whose Makefile stands in for kbuild; gone
/// at the end of the test.
struct TreeWorld {
  TreeWorld();

  /// Replaces a file of the source.
  void add(const std::string& file, const std::string& text) const;

  /// Sets the kernel's configuration, in /boot and as it is believed.
  void configure(const std::string& text);

  tree::Subject subject() const { return {root, kernel, learned}; }
  tree::Means means() { return {runner, sandbox, jobserver}; }
  Result<tree::Reconstruction> reconstruct() { return tree::reconstruct(subject(), request, means()); }

  /// What a failed reconstruction says; afterwards nothing may be left beside the destination.
  Error failure();

  system::TempDir directory;
  system::Root root;
  system::SystemRunner runner;
  system::Sandbox sandbox;
  system::Jobserver jobserver;
  kernel::Kernel kernel;
  kernel::Learned learned;
  tree::ReconstructionRequest request;
};

}  // namespace kpkg::test
