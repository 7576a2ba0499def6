// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tree/attestation.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// "6.1.192" of the text of include/generated/uapi/linux/version.h; nothing: it has no LINUX_VERSION_CODE.
/// Source: linux Makefile, filechk_version.h.
std::optional<std::string> version_in_header(std::string_view text);

/// Whether a header tells the version of this source. A header has no room for more than 255 in the last
/// number, nor for what stands behind it.
/// Source: linux 9b82f13e7ef3, "kbuild: clamp SUBLEVEL to 255" (5.12).
bool is_version_of(std::string_view in_header, std::string_view source);

/// Adds that a tree is of another version than its kernel. Its symbols prove nothing then, however equal they
/// are: headers of that version came with others, so somebody put the kernel's own there.
void observe_other_version(std::vector<Observation>& observations, const std::string& tree,
                           const std::string& kernel);

/// Takes from what was found of symbols that it proves anything; `why` is told in its place.
void discount_symbols(std::vector<Observation>& observations, const std::string& why);

}  // namespace kpkg::tree
