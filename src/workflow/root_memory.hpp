// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/memory.hpp"
#include "workflow/workspace.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::workflow {

/// What was learned of the kernels of a root, kept in a file a key, each replaced at once and never changed:
/// recalling one is mapping it. Keeps nothing where that cannot be written, as for users other than root, and
/// says nothing of it: a command that only asks has no use for the news. What nobody learned again for half a
/// year is dropped.
class RootMemory : public kernel::Memory {
 public:
  explicit RootMemory(const Workspace& workspace) : workspace_(workspace) {}

  std::optional<SharedBytes> recall(const std::string& key) override;
  void keep(const std::string& key, std::string_view bytes) override;

 private:
  const Workspace& workspace_;
};

}  // namespace kpkg::workflow
