// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/kernel.hpp"
#include "kernel/learn.hpp"
#include "system/jobserver.hpp"
#include "system/process.hpp"
#include "system/root.hpp"
#include "system/sandbox.hpp"

#include <optional>
#include <string>

namespace kpkg::tree {

/// What programs are run with; all of it is borrowed.
struct Means {
  system::Runner& runner;
  const system::Sandbox& sandbox;
  system::Jobserver& jobserver;
};

/// The kernel that a tree is for, and what was learned of it without any tree; all of it is borrowed.
struct Subject {
  const system::Root& root;
  const kernel::Kernel& kernel;
  const kernel::Learned& learned;  ///< with the table of its types (kernel::add_type_table), if it has BTF
  // Of a kernel that is elsewhere, what its files would tell.
  std::optional<std::string> configuration_text = {};
  std::optional<std::string> build_salt = {};
};

}  // namespace kpkg::tree
