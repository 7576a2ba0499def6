// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace kpkg::archive {

/// The whole streams of xz that stand in bytes of another kind (a module, a kernel), in their order; at most
/// 16. A magic that only looks like one is passed over: a header and the footer that belongs to it have
/// checksums, and nothing is unpacked here.
/// Source: The .xz File Format 2.1.1, "Stream Header", and 2.1.2, "Stream Footer".
std::vector<std::string_view> xz_streams(std::string_view bytes);

}  // namespace kpkg::archive
