// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/symvers.hpp"
#include "tree/export_places.hpp"
#include "tree/gates.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

// Private to tree/: the gate of symbols.

/// The symbols of which CRCs are computed: some that many drivers use, and some spread over all; the same on
/// every run. Only those that the kernel has a CRC of and the source exports.
std::vector<std::string> sampled_symbols(const abi::SymbolTable& kernel, const ExportPlaces& places);

/// Symbols to the CRCs that files of the source give them; several files may have one.
using ComputedCrcs = std::map<std::string, std::vector<std::uint32_t>, std::less<>>;

/// Adds what genksyms has written for one file: "#SYMVER name 0x1234abcd", before 5.19 "__crc_name =
/// 0x1234abcd;". Source: linux scripts/genksyms/genksyms.c, export_symbol(); commit 7b4537199a4a, "kbuild:
/// link symbol CRCs at final link, removing CONFIG_MODULE_REL_CRCS" (5.19).
void add_crcs(ComputedCrcs& crcs, std::string_view genksyms_output);

/// Compares CRCs that were computed with those of the kernel. `read` are the files that they are of, sorted:
/// a symbol that one of them and one that was not read export may be either's.
Point compared_symbols(const abi::SymbolTable& kernel, const ComputedCrcs& computed,
                       const ExportPlaces& places, std::span<const std::string> read);

/// Computes CRCs in the source of `reconstruction` and compares them with the kernel's.
///
/// Errors: interrupted; no_space; permission, io.
Result<Point> prove_symbols(const Subject& subject, Reconstruction& reconstruction);

}  // namespace kpkg::tree
