// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "system/root.hpp"
#include "tree/gates.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kpkg::tree {

/// The file of a record, at the top of its tree.
constexpr const char* record_name = "/kpkg-tree.json";

/// What a tree that kpkg made or mended says of itself, wherever it is carried: for which kernel, and what
/// was proved.
struct Record {
  std::string release;
  std::optional<std::string> build_id;  ///< hexadecimal; nothing: not known
  std::string grade;                    ///< "exact", "verified"; empty: nothing proved it yet
  /// SHA-256 of the exported symbols for which the source was proved, hexadecimal. Its Module.symvers was
  /// recovered from the kernel's image, so that it fits proves nothing by itself; empty: nothing else does.
  std::string proved_symbols;
  /// Modules of the kernel itself came out of its source equal to the byte (Gate::canary).
  bool has_equal_modules = false;
  /// SHA-256 over the tree as it was proved, hexadecimal: of one that was changed since, the above says
  /// nothing. Empty: nothing was proved.
  std::string files;

  bool operator==(const Record&) const = default;
};

/// The record of a tree of the host that was made for a kernel and proved so far. Errors: those of a tree
/// that cannot be read.
Result<Record> record_of(const abi::KernelFacts& kernel, const Proof& proof, const std::string& tree);

/// Writes the record into a tree of the host.
Status write_record(const std::string& tree, const Record& record);

/// The record in a tree of `root`; nothing: kpkg did not make it. Errors: corrupt; permission, io.
Result<std::optional<Record>> read_record(const system::Root& root, const std::string& tree);

/// What a record still proves of its tree.
struct StandingProof {
  bool by_symbols = false;  ///< Module.symvers counts as that of a package does
  bool by_modules = false;  ///< the headers need no other proof
  bool is_changed = false;  ///< files of the tree are others than those that were proved

  bool operator==(const StandingProof&) const = default;
};

/// Compares the record of a tree in `root` with the kernel and with the tree as they are now. That modules
/// were equal is believed if nobody but root or `user`, the uid of this process, could write the record, and
/// for the very build of the kernel.
///
/// Errors: corrupt, permission, io: the tree cannot be read.
Result<StandingProof> standing_proof(const system::Root& root, const std::string& tree, const Record& record,
                                     const abi::KernelFacts& kernel, std::uint32_t user);

}  // namespace kpkg::tree
