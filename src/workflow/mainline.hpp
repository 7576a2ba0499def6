// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "settings/settings.hpp"
#include "workflow/workspace.hpp"

#include <string>
#include <string_view>

namespace kpkg::workflow {

// Private to workflow/: releases of kernel.org.

/// A template of kpkg.toml(5) with the version that releases are called by: "6.13" for 6.13.0.
std::string mainline_url(std::string url_template, std::string_view version);

/// The file of the host with the tarball of a release, which has the digest that the list beside it tells.
/// The list is kept in `list` of the host, which is absent, for as long as that is.
///
/// Errors: unsupported: such a version is no release; not_found: the list does not have it; trust: its digest
/// differs, or no key of the keyring signed the list; those of fetch/.
Result<std::string> fetch_mainline(const Workspace& workspace, const settings::Mainline& mainline,
                                   std::string_view version, const std::string& list);

}  // namespace kpkg::workflow
