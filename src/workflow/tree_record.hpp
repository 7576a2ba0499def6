// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>

namespace kpkg::workflow {

// Private to workflow/: what a tree that kpkg made says of itself, wherever it is carried.

/// For which kernel a tree was made, and how it was proved.
struct TreeRecord {
  std::string release;
  std::optional<std::string> build_id;  ///< hexadecimal; nothing: not known
  std::string grade;                    ///< "exact", "verified"

  bool operator==(const TreeRecord&) const = default;
};

/// Writes the record into a tree of the host.
Status write_tree_record(const std::string& tree, const TreeRecord& record);

/// The record in a tree of `root`; nothing: kpkg did not make it. Errors: corrupt; permission, io.
Result<std::optional<TreeRecord>> read_tree_record(const system::Root& root, const std::string& tree);

}  // namespace kpkg::workflow
