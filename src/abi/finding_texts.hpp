// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"

#include <string>

namespace kpkg::abi {

/// What the texts of a finding are filled in with.
struct Particulars {
  std::string module = {};   ///< name
  std::string release = {};  ///< of the kernel
  std::string symbol = {};
  std::string module_value = {};
  std::string kernel_value = {};
  std::string detail = {};  ///< what else the text of this finding names
};

/// The finding `id` of this severity with its texts filled in. Asking for a pair that the table lacks is our
/// own mistake.
Finding make_finding(FindingId id, Severity severity, const Particulars& particulars);

}  // namespace kpkg::abi
