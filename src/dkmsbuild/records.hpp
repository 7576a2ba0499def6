// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/build.hpp"
#include "dkmsbuild/judge.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// What kpkg itself remembers of what is done for DKMS. But for was_left_out(), private to dkmsbuild/.

/// Remembers a build, a failed one too, and its modules as they are in the tree.
Status record_build(const Site& site, const Task& task, const Build& build, ExitStatus status,
                    std::int64_t started);

/// Remembers what was said of the files, and the flag that let them in all the same.
Status record_verdicts(const Site& site, const std::string& kernel, const std::vector<JudgedFile>& files,
                       const Judgement& judgement, const std::string& overridden_by);

/// Whether the newest verdict on a module of a build was that its kernel refuses it, and nobody overrode
/// that. False also where nothing is remembered or the user may not look.
Result<bool> was_left_out(const Site& site, const dkmstree::BuildId& id, const std::string& module);

/// The modules of a build, from the tree.
Result<std::vector<JudgedFile>> files_of(const Site& site, const dkmstree::BuildId& id);

}  // namespace kpkg::dkmsbuild
