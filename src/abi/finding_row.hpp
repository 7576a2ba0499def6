// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// The texts of one finding: `{module}`, `{release}`, `{symbol}`, `{module_value}`, `{kernel_value}` and
/// `{detail}` are filled in.
struct FindingRow {
  FindingId id = {};
  Severity severity = {};
  std::string_view errno_name = {};
  std::string_view kernel_says = {};
  std::string_view cause = {};
  std::string_view remedy = {};
};

/// The texts of the groups of rules that have a table of their own.
std::span<const FindingRow> symbol_texts();
std::span<const FindingRow> section_texts();
std::span<const FindingRow> signature_texts();
std::span<const FindingRow> btf_texts();
std::span<const FindingRow> machine_texts();

/// The texts of every finding, in all tables.
std::vector<FindingRow> all_finding_rows();

}  // namespace kpkg::abi
