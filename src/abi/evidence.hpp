// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"

#include <string>

namespace kpkg::abi {

/// What of the memory that module and kernel share could be compared, the strongest first, and what could not
/// and why: one line for people. No finding says it: it is about the proof, not about the module.
std::string evidence(const Fingerprint& module, const KernelFacts& kernel);

}  // namespace kpkg::abi
