// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/attestation.hpp"
#include "tree/means.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What became of a tree in its private copy.
struct Repair {
  kernel::KernelTree tree;        ///< the copy
  std::vector<std::string> done;  ///< one clause each: "the configuration is the kernel's again"
  std::vector<std::string> left;  ///< what could not be mended, and why
  bool has_recovered_symvers =
      false;  ///< Module.symvers is of the kernel's image: it proves nothing of the tree

  bool operator==(const Repair&) const = default;
};

/// Whether mending can do any good. Symbols that are of another build cannot be mended: the kernel would load
/// what is built with its own CRCs, and its structs would still be wrong.
bool is_mendable(const Inspection& tree, const Attestation& attestation);

/// Copies an unusable tree to `destination`, a path in the root that is absent yet, and mends there what is
/// wrong; the tree itself is not touched. Whether the copy is any good is for another attestation.
///
/// Errors: no_space, permission, io: the copy cannot be made; interrupted.
Result<Repair> repair(const Subject& subject, const Inspection& tree, const Attestation& attestation,
                      const std::string& destination, const Means& means);

}  // namespace kpkg::tree
