// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/btf_check.hpp"
#include "abi/type_table.hpp"
#include "base/json_forward.hpp"
#include "base/shared_bytes.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace kpkg::abi {

/// What is known of the types that a module was built with. All is shared by the copies of a fingerprint,
/// because it is large and never changed.
struct ModuleTypes {
  /// All its types with names, of its debug information before it was stripped; null: not known.
  std::shared_ptr<const TypeTable> table = {};
  /// The BTF that `table` was made of; only while it is at hand, to explain a difference by members.
  SharedBytes btf = {};
  /// .BTF and .BTF.base; only while the file is at hand, as they say nothing without a kernel's BTF.
  std::shared_ptr<const BtfSections> sections = {};

  /// What is only at hand does not count: a remembered fingerprint is the same one.
  bool operator==(const ModuleTypes& other) const;
};

/// The types in BTF that describes all that a module uses, as pahole makes it of debug information. Nothing
/// is known of a module with so many types that they are not worth keeping.
///
/// Errors: corrupt, unsupported: as elf::Btf::read.
Result<ModuleTypes> described_types(std::string btf);

/// The table as text, or null.
Json to_json(const ModuleTypes& types);

/// Errors: corrupt: not a table as it is written.
Result<ModuleTypes> module_types_from_text(std::string_view text);

}  // namespace kpkg::abi
