// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"

#include <optional>

namespace kpkg::abi {

/// Whether a kernel refuses what it cannot take for signed, and by which of its two ways; nothing: not known.
struct SignatureDemand {
  std::optional<bool> enforced;     ///< its configuration or how it was booted
  std::optional<bool> locked_down;  ///< the lockdown, which Secure Boot may switch on

  bool is_made() const { return enforced.value_or(false) || locked_down.value_or(false); }
  bool is_known() const { return is_made() || (enforced && locked_down); }

  bool operator==(const SignatureDemand&) const = default;
};

SignatureDemand signature_demand(const KernelFacts& kernel);

}  // namespace kpkg::abi
