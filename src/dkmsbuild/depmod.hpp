// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <string>

namespace kpkg::dkmsbuild {

/// Writes the index of the kernel's modules anew and tells of it as DKMS does: "Running depmod... done."
/// Without modules.dep it is left alone, and said; one that has become empty goes, with its directory.
/// `package` is PACKAGE_NAME of what it is run for.
Result<ExitStatus> run_depmod(const Site& site, const std::string& kernel, const std::string& package,
                              Depmod depmod);

/// Private to dkmsbuild/: notes that the index is about to be out of date, and forgets that. What a kill
/// leaves noted the next command heeds.
Status mark_pending(const Site& site, const dkmstree::Target& target, Depmod depmod);
Status clear_pending(const Site& site, const dkmstree::Target& target);

/// Private to dkmsbuild/: writes the index anew. Who wants to see commands sees what DKMS and depmod say of
/// it. Yields the status of depmod.
Result<ExitStatus> index_modules(const Site& site, const std::string& kernel);

/// Writes the index of a kernel anew, if a command was cut off between changing its modules and that.
Status heal_index(const Site& site, const dkmstree::Target& target);

/// The file that asks for it: "/var/lib/dkms/depmod-pending-K-A".
std::string pending_depmod(const dkmsconf::Framework& framework, const dkmstree::Target& target);

}  // namespace kpkg::dkmsbuild
