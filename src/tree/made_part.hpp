// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace kpkg::tree {

/// Private to tree/: what came of making a part that a tree lacks.
struct MadePart {
  bool is_done = false;
  std::string text;  ///< one clause: what was made and of what, or why not

  bool operator==(const MadePart&) const = default;
};

}  // namespace kpkg::tree
