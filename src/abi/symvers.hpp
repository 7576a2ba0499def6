// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/symbol_table.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace kpkg::abi {

/// Reads a Module.symvers of any era; the column of the namespace is found by where EXPORT_… stands.
///
/// Errors: corrupt: a line that is not of that form; the message has its number.
/// Source: linux Documentation/kbuild/modules.rst; without namespaces up to 5.3, in the third column in 5.4,
/// last since 5.6.
Result<SymbolTable> parse_symvers(std::string_view text);

/// The Module.symvers of `table`, in the columns of 5.6 and later.
std::string symvers_text(const SymbolTable& table);

}  // namespace kpkg::abi
