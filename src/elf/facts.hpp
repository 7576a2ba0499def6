// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/module_image.hpp"
#include "elf/object.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// The readers of which examine_module is composed, one file each. What they cannot read they leave out, and
/// add a defect to the image.

/// The `key=value` texts of .modinfo in order; none if there is no such section. As in the kernel, a last
/// text without NUL runs on into what follows in the file. Source: linux include/linux/moduleparam.h,
/// __MODULE_INFO.
void read_modinfo(const Object& object, ModuleImage& image);

/// Fills in what __versions, __version_ext_crcs and __version_ext_names say.
/// Source: linux include/linux/module.h, struct modversion_info: 64 bytes, a word of CRC, then the name
/// padded with NUL.
void read_versions(const Object& object, ModuleImage& image);

/// The symbols that the module exports, in the order of its tables.
/// Source: linux include/linux/export.h and scripts/mod/modpost.c of 4.9 to 7.3.
void read_exports(const Object& object, ModuleImage& image);

/// What .gnu.linkonce.this_module shows; nothing if there is no such section.
void read_this_module(const Object& object, ModuleImage& image);

/// The signature trailer at the end of a file; nothing if it does not end with the marker.
/// Source: linux include/linux/module_signature.h.
std::optional<SignatureTrailer> read_signature(std::string_view bytes);

/// What the kernel takes for the module itself: the bytes in front of a plausible signature, else all of
/// them.
std::string_view payload_of(std::string_view bytes, const std::optional<SignatureTrailer>& signature);

/// Errors: corrupt: the first defect of the image that is_damage.
Status check_sound(const ModuleImage& image);

}  // namespace kpkg::elf
