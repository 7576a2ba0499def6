// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/type_table.hpp"
#include "base/json_forward.hpp"
#include "base/shared_bytes.hpp"
#include "crypto/digest.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kpkg::abi {

/// What a kernel says of its types, and what it makes of modules whose BTF does not fit. The table is shared
/// by the copies of a kernel's facts, because it has 9,000 rows and is never changed.
struct KernelBtf {
  std::optional<bool> checks_modules = {};   ///< CONFIG_DEBUG_INFO_BTF_MODULES (since 5.11)
  std::optional<bool> allows_mismatch = {};  ///< CONFIG_MODULE_ALLOW_BTF_MISMATCH (since 5.18)
  /// Its types with names, and those that its exported functions take; null: not known.
  std::shared_ptr<const TypeTable> table = {};
  std::optional<crypto::Digest> digest = {};  ///< SHA-256 of its BTF; nothing: not known
  /// All its BTF; only while it is at hand: 5 MB that are needed to check a module's own and to explain.
  SharedBytes bytes = {};

  /// What is only at hand does not count.
  bool operator==(const KernelBtf& other) const;
};

/// What the configuration says of it; `is_set` says whether an option is y or m.
void add_configuration(KernelBtf& btf, const std::function<bool(std::string_view)>& is_set);

/// Takes the kernel's BTF, of which the functions named in `exported`, sorted, count.
///
/// Errors: corrupt, unsupported: as elf::Btf::read.
Status add_types(KernelBtf& btf, std::string bytes, std::span<const std::string> exported);

Json to_json(const KernelBtf& btf);

/// Errors: corrupt: a field has another type, or the table is not one; the message names it.
Result<KernelBtf> kernel_btf_from_json(const Json& value);

}  // namespace kpkg::abi
