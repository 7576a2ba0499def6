// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/memory.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>

namespace kpkg::workflow {

/// What was learned of the kernels of a root, kept in its records. Keeps nothing where the records cannot be
/// written, as for users other than root, and says nothing of it: a command that only asks has no use for the
/// news.
class RootMemory : public kernel::Memory {
 public:
  explicit RootMemory(const Workspace& workspace) : workspace_(workspace) {}

  std::optional<std::string> recall(const std::string& key) override;
  void keep(const std::string& key, const std::string& bytes) override;

 private:
  const Workspace& workspace_;
};

}  // namespace kpkg::workflow
