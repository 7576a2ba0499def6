// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::install {

/// A finished and judged module file that should be installed.
struct WantedModule {
  std::string name;
  std::string file_name;  ///< "tty0tty.ko" or "tty0tty.ko.xz"
  crypto::Digest digest;  ///< of the finished file, which is the one that was judged
  std::uint64_t size = 0;
  abi::Decision decision = abi::Decision::unknown;
  std::string overridden_by;  ///< the flag that lets it be installed in spite of `decision`; empty: none
  std::string allowed_by;  ///< the flag that lets it in though nothing proves its tree; empty: it takes none
  std::string options;     ///< of its `options` line in modprobe.d; empty: none
  std::vector<std::string> softdep_pre;
  std::vector<std::string> softdep_post;
  std::vector<std::string> blacklist;  ///< modules whose aliases are ignored

  bool operator==(const WantedModule&) const = default;
};

/// A configuration file that should be installed.
struct WantedFile {
  std::string path;  ///< in the root
  std::string content;

  bool operator==(const WantedFile&) const = default;
};

/// A rules file of the source.
struct UdevRules {
  std::string name;  ///< as in the source: "99-tty0tty.rules"
  std::string content;

  bool operator==(const UdevRules&) const = default;
};

enum class Initramfs { leave, update };

/// Which directory below updates/ the modules go to: the `dkms` front end keeps to DKMS's.
enum class Destination { kpkg, dkms };

/// What should be in a root of one recipe for one kernel. Without modules: nothing of it.
struct Wish {
  std::string recipe;
  std::string version;
  std::string kernel;  ///< release
  Destination destination = Destination::kpkg;
  std::vector<WantedModule> modules;
  std::optional<std::vector<WantedFile>> configuration;  ///< nothing: left as it is; empty: none any more
  Initramfs initramfs = Initramfs::leave;

  bool operator==(const Wish&) const = default;
};

enum class LoadAtBoot { no, yes };

/// The configuration files that a recipe's modules need: modules-load.d, modprobe.d and udev, each named
/// kpkg-RECIPE.
///
/// A rules file keeps its number: "99-tty0tty.rules" becomes 99-kpkg-tty0tty.rules, a second part of the name
/// that is not the recipe's follows it, and without a number it is 60, as systemd's own rules for devices
/// are. Source: modules-load.d(5), modprobe.d(5), udev(7).
std::vector<WantedFile> configuration_files(const std::string& recipe,
                                            const std::vector<WantedModule>& modules, LoadAtBoot load,
                                            const std::vector<UdevRules>& rules);

}  // namespace kpkg::install
