// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "recipe/parse.hpp"
#include "recipe/schema.hpp"
#include "settings/settings.hpp"
#include "system/root.hpp"

#include <string_view>
#include <vector>

namespace kpkg::settings {

/// The settings of a root: those of /etc/kpkg/kpkg.toml, then those of /etc/kpkg/conf.d/*.toml in the order
/// of their names. A key of a later file replaces that of an earlier one; [[kernel-source]] tables are added.
/// Where there is no file, everything keeps its default.
///
/// Errors: invalid: a file is wrong; the message is its first mistake, with file and line; permission, io.
Result<Settings> read(const system::Root& root);

/// Adds what `text` says to `settings`; every mistake in it, of TOML syntax only the first.
///
/// `file_name` is repeated in the mistakes and not opened. Any bytes are safe to give.
std::vector<recipe::Mistake> parse_into(Settings& settings, std::string_view text,
                                        std::string_view file_name);

/// What the reader accepts, for documentation.
std::vector<recipe::TableSchema> schema();

}  // namespace kpkg::settings
