// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/memory.hpp"
#include "tree/attest.hpp"

#include <optional>

namespace kpkg::tree {

/// What attest() said when neither the kernel nor the tree nor the compilers here were others: size, time and
/// inode of the tree's files are the stamp of what is kept. What was found with a module built in the tree
/// also answers who asks of its files only. Nothing: it has to be asked.
///
/// Errors: permission, io.
Result<std::optional<Attestation>> remembered_attestation(const Subject& subject,
                                                          const kernel::KernelTree& tree,
                                                          const AttestRequest& request,
                                                          kernel::Memory& memory);

/// attest(), whose answer is remembered.
///
/// Errors: as attest().
Result<Attestation> attest_and_remember(const Subject& subject, const kernel::KernelTree& tree,
                                        const AttestRequest& request, const Means& means,
                                        kernel::Memory& memory);

}  // namespace kpkg::tree
