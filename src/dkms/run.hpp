// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace kpkg::dkms {

/// One call of `dkms`: kpkg under the name and with the interface of DKMS 3.4. `program` is how it was
/// called, `words` are what follows. Yields the exit status.
///
/// KPKG_ROOT in the environment names another root than that of this machine; paths on the command line are
/// then paths in it.
int run(const std::string& program, const std::vector<std::string>& words);

}  // namespace kpkg::dkms
