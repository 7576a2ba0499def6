// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/attestation.hpp"
#include "tree/means.hpp"
#include "tree/record.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kpkg::tree {

/// How closely a tree is looked at.
enum class Depth {
  glance,   ///< what its files say, and what was found out before; nothing is built, and a doubt stays one
  files,    ///< what its files say; a module is built only where that leaves a doubt
  modules,  ///< a module is built in it too: takes 5 to 20 s
};

/// What an attestation is made with.
struct AttestRequest {
  Depth depth = Depth::files;
  /// What kpkg wrote into the tree when it made or mended it: its Module.symvers is of the kernel's image and
  /// proves nothing by itself. Nothing: somebody else made the tree.
  std::optional<Record> record = {};
  std::uint32_t user = 0;         ///< uid of this process
  std::uint16_t machine = 0;      ///< e_machine of this machine's programs
  std::string arch = {};          ///< the kernel's word, "x86"
  std::string cross_prefix = {};  ///< CROSS_COMPILE; empty: for this machine
  std::string known_as = {};      ///< the path under which it is remembered, if it is not there yet
  std::string work = {};          ///< of the host: a directory for this alone, which the caller removes
  std::string log = {};           ///< of the host: receives what a build prints

  bool operator==(const AttestRequest&) const = default;
};

/// A tree that was looked at.
struct Attested {
  Attestation attestation;
  bool is_probed = false;  ///< a module was built in it

  bool operator==(const Attested&) const = default;
};

/// Says whether a tree describes its kernel: by its files, and by a module that is built in it.
///
/// Errors: interrupted; no_space; permission, io.
Result<Attested> attest(const Subject& subject, const kernel::KernelTree& tree, const AttestRequest& request,
                        const Means& means);

/// Looks at the files of a tree, builds nothing and writes nothing: what they leave open makes it usable at
/// best. Needs neither `work` nor `log`.
///
/// Errors: interrupted; permission, io.
Result<Attestation> glance(const Subject& subject, const kernel::KernelTree& tree,
                           const AttestRequest& request, system::Runner& runner);

}  // namespace kpkg::tree
