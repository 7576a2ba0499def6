// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"

#include <string>

namespace kpkg::dkms {

/// The version that was brought or added.
struct Addition {
  ExitStatus status = 0;   ///< with what DKMS ends; where there is an id, the status of the last script
  dkmstree::VersionId id;  ///< empty: DKMS ended before

  bool operator==(const Addition&) const = default;
};

/// What an addition comes to that is refused; prints why.
Addition refused(const Context& context, const dkmsconf::Refusal& refusal);

/// What the dkms.conf of a source says the source is, as it stands there: check() may refuse it.
Result<Addition> names_in(const Context& context, const std::string& directory,
                          const dkmstree::Target& target);

/// A source that is somewhere in the root.
struct ForeignSource {
  std::string directory;
  std::string told;  ///< as the command line names it
};

/// Brings a source to where sources are kept, /usr/src/M-V, after the names that its dkms.conf has; files of
/// that name that are there stay, unless --force removes them first. One that is there already, or in DKMS's
/// tree, is left alone. Ends with 1, 4, 8, 9 or 10.
Result<Addition> bring_source(const Context& context, const ForeignSource& source,
                              const dkmstree::Target& target);

/// A path of the command line, from the top of the root. In a root that is not this machine's relative ones
/// begin at the top too.
std::string path_in_root(const workflow::Workspace& workspace, const std::string& written);

/// Whether there is a file or a directory, links followed.
WordKind kind_of(const system::Root& root, const std::string& path);

}  // namespace kpkg::dkms
