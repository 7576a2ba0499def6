// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/signature_demand.hpp"

namespace kpkg::abi {
namespace {

std::optional<bool> either(std::optional<bool> first, std::optional<bool> second) {
  if (first.value_or(false) || second.value_or(false)) return true;
  return first && second ? std::optional(false) : first.has_value() ? first : second;
}

}  // namespace

SignatureDemand signature_demand(const KernelFacts& kernel) {
  return {.enforced = either(kernel.signature_policy.enforces, kernel.gates.enforces_signatures),
          .locked_down = either(kernel.signature_policy.is_locked_down, kernel.gates.is_locked_down)};
}

}  // namespace kpkg::abi
