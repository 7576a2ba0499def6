// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/wish.hpp"
#include "store/installed.hpp"
#include "system/root.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::install {

/// A file that the records say is ours, as it is now.
struct OurFile {
  store::InstalledRecord record;
  std::optional<crypto::Digest> now;  ///< nothing: it is gone

  bool is_as_recorded() const { return now == record.digest; }

  bool operator==(const OurFile&) const = default;
};

/// A module of a wanted name that is not ours.
struct OtherModule {
  enum class Place {
    foreign,   ///< outside kernel/: another tool put it there
    in_tree,   ///< below kernel/
    built_in,  ///< in the kernel itself
  };

  std::string module;  ///< the wanted name
  Place place = Place::foreign;
  std::string path;  ///< in the root; of a module that is built in, its line of modules.builtin
  std::optional<crypto::Digest> now;  ///< of a foreign one

  bool operator==(const OtherModule&) const = default;
};

/// A place that a wanted file would take.
struct OccupiedPlace {
  std::string path;
  crypto::Digest now;

  bool operator==(const OccupiedPlace&) const = default;
};

/// What is on disk now, as far as one wish is concerned.
struct RootState {
  std::string kernel;                    ///< release
  std::string module_directory;          ///< "/usr/lib/modules/6.1.0-56-amd64": links followed
  bool is_host = false;                  ///< the root is this machine itself
  std::vector<std::string> index_files;  ///< names of what depmod wrote: "modules.dep", "modules.dep.bin"
  std::vector<OurFile> ours;  ///< recorded for this kernel and as configuration, of every recipe; by path
  std::vector<OtherModule> others;
  std::vector<OccupiedPlace> occupied;        ///< wanted paths that exist, recorded or not
  std::vector<std::string> new_directories;   ///< that the wanted files need and that are absent; outer first
  std::vector<std::string> search_order;      ///< depmod's: {"updates", "built-in"} by default
  std::vector<std::string> depmod_overrides;  ///< "override NAME RELEASE DIRECTORY" lines for wanted names
  std::optional<std::uint64_t> free_bytes;    ///< on the file system of the modules; nothing: unknown

  bool operator==(const RootState&) const = default;
};

/// Looks at the root as far as the wish is concerned. `recorded` is what the store says of this kernel and of
/// configuration files: store::installed_for.
///
/// Errors: not_found: the root has no modules of that kernel.
Result<RootState> observe(const system::Root& root, const Wish& wish,
                          const std::vector<store::InstalledRecord>& recorded);

/// Where a wanted module goes: "/usr/lib/modules/K/updates/kpkg/tty0tty.ko".
std::string destination_of(const Wish& wish, const std::string& module_directory, const WantedModule& module);

}  // namespace kpkg::install
