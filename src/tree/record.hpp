// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "system/root.hpp"
#include "tree/gates.hpp"

#include <optional>
#include <string>

namespace kpkg::tree {

/// What a tree that kpkg made or mended says of itself, wherever it is carried: for which kernel, and what
/// was proved.
struct Record {
  std::string release;
  std::optional<std::string> build_id;  ///< hexadecimal; nothing: not known
  std::string grade;                    ///< "exact", "verified"; empty: nothing proved it yet
  /// SHA-256 of the exported symbols for which the source was proved, hexadecimal. Its Module.symvers was
  /// recovered from the kernel's image, so that it fits proves nothing by itself; empty: nothing else does.
  std::string proved_symbols;

  bool operator==(const Record&) const = default;
};

/// The record of a tree that was made for a kernel and proved so far.
Record record_of(const abi::KernelFacts& kernel, const Proof& proof);

/// Writes the record into a tree of the host.
Status write_record(const std::string& tree, const Record& record);

/// The record in a tree of `root`; nothing: kpkg did not make it. Errors: corrupt; permission, io.
Result<std::optional<Record>> read_record(const system::Root& root, const std::string& tree);

/// Whether the Module.symvers of a tree proves nothing of its headers: it is the kernel's own, and nobody
/// computed these symbols of the source. Errors: as read_record().
Result<bool> has_unproved_symbols(const system::Root& root, const std::string& tree,
                                  const abi::KernelFacts& kernel);

}  // namespace kpkg::tree
