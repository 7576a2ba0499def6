// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kpkg::abi {

/// Who answers for a symbol, and under which conditions.
struct Provider {
  std::optional<std::uint32_t> crc = {};  ///< nothing: the provider has no CRCs, and the kernel compares none
  bool gpl_only = false;
  std::string name_space = {};
  std::string owner = {};       ///< as KernelSymbol has it, or the name of a companion
  bool is_proprietary = false;  ///< a module under a license that the kernel takes for incompatible
};

/// Who provides `symbol` to the module of the case. The kernel itself comes first, since nothing can replace
/// its symbols; then the others of its company, since depmod prefers what is installed to the kernel's own
/// modules; then those.
std::optional<Provider> provider_of(const Case& judged, std::string_view symbol);

/// The module of the company that exports `symbol` and is refused itself; nothing: there is none.
std::optional<std::string> refused_provider_of(const Case& judged, std::string_view symbol);

/// Whether the module may use symbols of `name_space` on this kernel.
bool may_use_namespace(const Case& judged, std::string_view name_space);

/// The namespace of symbols that are for the modules that it lists: "module:kvm,kvm-*" (since 6.16).
constexpr std::string_view module_namespace_prefix = "module:";

}  // namespace kpkg::abi
