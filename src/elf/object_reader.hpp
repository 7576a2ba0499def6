// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/header.hpp"
#include "elf/object.hpp"

#include <map>
#include <memory>
#include <string_view>
#include <vector>

struct Elf;  // libelf's; only object_reader.cpp opens that door

namespace kpkg::elf {

struct ElfCloser {
  void operator()(Elf* elf) const;
};
using ElfHandle = std::unique_ptr<Elf, ElfCloser>;

/// libelf on `bytes`, which must outlive the handle and pass read_header.
/// Errors: corrupt: libelf refuses them.
Result<ElfHandle> open_elf(std::string_view bytes);

/// Errors: corrupt: section 0 is not empty, or a name or the contents of a section lie outside the file.
Result<std::vector<ObjectSection>> read_sections(Elf& elf, const Header& header, std::string_view bytes);

/// Errors: corrupt: not exactly one symbol table, or a name or a section index out of bounds.
Result<std::vector<ObjectSymbol>> read_symbols(Elf& elf, const std::vector<ObjectSection>& sections);

/// Checks all relocations that the kernel would apply and returns those that hold facts.
/// Errors: corrupt: a target, symbol or offset out of bounds.
Result<std::map<std::size_t, std::vector<Relocation>>> read_relocations(Elf& elf, const Object& object);

}  // namespace kpkg::elf
