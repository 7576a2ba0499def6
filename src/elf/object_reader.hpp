// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/header.hpp"
#include "elf/object.hpp"

#include <cstdint>
#include <string_view>

namespace kpkg::elf {

/// The parts of read_object, one file each. Each adds what it finds to `object`, whose file is set, and every
/// defect. libelf is not asked: it refuses as a whole what kernels load, and gives no reason.

/// False if the sections have no names that could be read: then there is nothing more to find.
bool read_sections(const Header& header, Object& object);

void read_symbols(Object& object);

/// Checks all relocations that the kernel would apply and keeps those that hold facts.
void read_relocations(Object& object);

/// Sections that kernels refuse or mind for what they are: writable code, two tables of constructors, two of
/// one name.
void check_sections(Object& object);

/// The names of sections or of symbols, each up to its NUL. Guards the time that reading all of them may
/// take: a hostile file can let every entry point at the beginning of one long text.
class NameTable {
 public:
  explicit NameTable(std::string_view bytes) : bytes_(bytes), left_(64 * bytes.size()) {}

  bool has(std::uint64_t offset) const { return offset < bytes_.size(); }

  /// The name at `offset`, which the table has; empty once the names together are much longer than it.
  std::string_view name_at(std::uint64_t offset);

  bool is_exhausted() const { return is_exhausted_; }

 private:
  std::string_view bytes_;
  std::uint64_t left_;  ///< linkers let a name be the tail of another, so the sum may exceed the table
  bool is_exhausted_ = false;
};

}  // namespace kpkg::elf
