// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tree/attest.hpp"
#include "workflow/root_memory.hpp"
#include "workflow/targets.hpp"

#include <optional>
#include <string>

namespace kpkg::workflow {

/// Attests trees of one kernel, from memory where they are known. Owns what is slow to get and wanted only
/// for those that are not: the types of the kernel, a sandbox, a jobserver.
class Attester {
 public:
  /// `root` is where the trees are; `jobs` 0 is one for each processor. All is borrowed.
  ///
  /// Errors: io.
  static Result<Attester> create(const Workspace& workspace, const Target& target, const system::Root& root,
                                 unsigned jobs);

  /// `known_as` is the path under which it is remembered, if it is not there yet.
  ///
  /// Errors: as tree::attest(); not_found, unsupported: no sandbox.
  Result<tree::Attestation> attest(const kernel::KernelTree& tree, const std::string& known_as,
                                   tree::Depth depth);

  /// What the files of a tree say. Errors: permission, io.
  Result<tree::Inspection> inspect(const kernel::KernelTree& tree) const;

  /// The kernel, with its types once something was run for it.
  tree::Subject subject() const;

  Result<tree::Means> means();

 private:
  Attester(const Workspace& workspace, const Target& target, const system::Root& root, unsigned jobs);

  const Workspace& workspace_;
  const Target& target_;
  const system::Root& root_;
  unsigned jobs_;
  std::uint16_t machine_ = 0;
  kernel::Learned learned_;
  RootMemory memory_;
  std::optional<system::Sandbox> sandbox_;
  std::optional<system::Jobserver> jobserver_;
};

/// The first thing that is wrong with a tree, or that keeps it from being proved, in one clause.
std::string objection_to(const tree::Attestation& attestation);

}  // namespace kpkg::workflow
