// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/tree.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmstree {

/// Of which entries the status is wanted. Each is a shell's pattern (system/pattern.hpp), as DKMS takes -m,
/// -v, -k and -a; empty: every one.
struct Filter {
  std::string module;
  std::string version;
  std::string kernel;
  std::string arch;

  bool operator==(const Filter&) const = default;
};

enum class State {
  added,   ///< no build that the filter admits: it may have others
  broken,  ///< its source is not where it should be
  built,
  installed,
};

/// What DKMS adds to a line.
enum class Remark {
  originals_exist,  ///< it moved modules of the kernel out of its way
  modules_missing,  ///< a module is not among those that were built
  modules_differ,   ///< a built module is not, or not the same, among the kernel's modules
};

/// One line of `dkms status`.
struct Entry {
  BuildId id;  ///< of what is added or broken the target is empty
  State state = State::added;
  std::vector<Remark> remarks;

  bool operator==(const Entry&) const = default;
};

/// The entries that DKMS lists, in its order: by the bytes of "M/V", then of "K/A", so that "6.1.0-56" comes
/// before "6.1.0-9" and "dahdi-linux/1" before "dahdi/1". Without remarks, which inspect() finds.
///
/// Source: dkms 3.4.3 in the locale "C.UTF-8"; in others its order is theirs.
std::vector<Entry> statuses(const Tree& tree, const Filter& filter);

/// The line that `dkms status` prints: "dahdi/2.11, 6.1.0-9-amd64, x86_64: installed (Original modules
/// exist)". Source: dkms 3.4.3.
std::string line_of(const Entry& entry);

}  // namespace kpkg::dkmstree
