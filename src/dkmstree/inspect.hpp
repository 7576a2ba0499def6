// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmstree/status.hpp"

#include <functional>
#include <optional>

namespace kpkg::dkmstree {

/// Where a module of a build belongs: what a dkms.conf says of it.
struct Destination {
  std::string name;  ///< "dahdi", without ".ko"
  std::vector<std::string>
      locations;  ///< below the kernel's directory, "/updates/dkms": where it may be, the likeliest first

  bool operator==(const Destination&) const = default;
};

/// The modules that a build must have, without those that the dkms.conf excludes from its kernel; nothing if
/// there is no dkms.conf, for then DKMS says nothing more of a build. Called from several threads at once.
using Destinations = std::function<std::optional<std::vector<Destination>>(const BuildId&)>;

/// Gives the entries that are built or installed their remarks, of which DKMS makes one about their modules
/// at most.
///
/// Modules are compared as they lie on the disk, compressed or not, as DKMS compares them: one that was
/// compressed anew differs. The file in the first location that has one counts. DKMS passes over one that has
/// another version (modinfo), and then looks for files that end as the kernel's own modules do; neither is
/// done here.
///
/// Source: dkms 3.4.3.
void inspect(const system::Root& root, const Places& places, const Tree& tree,
             const Destinations& destinations, std::vector<Entry>& entries);

}  // namespace kpkg::dkmstree
