// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/version.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::recipe {

/// Where the bytes of one source come from; exactly one of the keys of these names is in the recipe.
enum class SourceKind { url, git, apt, path };

/// One part of the source tree.
struct Source {
  std::string url;                   ///< an archive; needs `sha256`
  std::string git;                   ///< a repository; needs `commit`, and `tree` or `sha256`
  std::string apt;                   ///< a binary package of the distribution, unpacked and not installed
  std::string path;                  ///< a directory, absolute or relative to the recipe file
  std::string sha256;                ///< 64 lower-case hexadecimal digits, or empty
  std::vector<std::string> mirrors;  ///< other URLs of the bytes of `url`, tried in this order
  std::string commit;                ///< 40 lower-case hexadecimal digits, or empty
  std::string tree;                  ///< the git tree id of what is unpacked, 40 digits, or empty
  std::string into;                  ///< the directory of the source tree that it becomes; empty: its top
  int strip = 0;                     ///< leading directories dropped from the names in an archive

  SourceKind kind() const;

  bool operator==(const Source&) const = default;
};

/// A kernel configuration symbol and what it must be.
struct ConfigCondition {
  enum class Wanted { on, off };  ///< on: "y", "m" or a value; off: "n" or absent

  std::string symbol;  ///< with its prefix: "CONFIG_TTY"
  Wanted wanted = Wanted::on;

  /// As it is written in a recipe: "CONFIG_TTY" or "!CONFIG_TTY".
  std::string text() const;

  bool operator==(const ConfigCondition&) const = default;
};

/// A question about the kernel's code, asked because backports make version numbers wrong.
struct Probe {
  enum class Kind { symbol, member };

  Kind kind = Kind::symbol;
  std::string name;    ///< the exported symbol, or the struct without the word "struct"
  std::string member;  ///< the member of the struct; empty for a symbol

  /// As it is written in a recipe: "symbol:class_create" or "member:struct tty_operations.set_serial".
  std::string text() const;

  bool operator==(const Probe&) const = default;
};

/// A distribution by the ID and VERSION_ID of its os-release file: "debian>=12".
struct DistributionCondition {
  std::string id;
  VersionRange versions;  ///< no bounds: every version

  bool operator==(const DistributionCondition&) const = default;
};

/// When a variant or a patch applies: everything that is written here must hold.
struct Condition {
  std::optional<VersionRange> kernel;
  std::vector<std::string> arch;  ///< words of kernel_arch(); one of them; empty: every one
  std::optional<DistributionCondition> distribution;
  std::vector<ConfigCondition> config;
  std::vector<Probe> probe;

  bool operator==(const Condition&) const = default;
};

/// A change of the source tree, applied without fuzz.
struct Patch {
  std::string file;    ///< relative to the recipe file
  std::string sha256;  ///< 64 lower-case hexadecimal digits, or empty
  int strip = 1;       ///< leading directories dropped from the names in the patch
  Condition when;

  bool operator==(const Patch&) const = default;
};

/// How the source tree becomes modules; without steps kbuild runs in `directory`.
struct Build {
  std::string directory = ".";
  std::vector<std::vector<std::string>> steps;     ///< argument lists with placeholders
  std::map<std::string, std::string> environment;  ///< values may hold placeholders
  std::vector<std::string> needs;                  ///< packages that the build demands besides a compiler

  bool operator==(const Build&) const = default;
};

/// One kernel module that the build yields.
struct Module {
  std::string name;
  std::string path;          ///< of the .ko below the build directory; empty: NAME.ko at its top
  std::string install_name;  ///< the name under which it is installed; empty: `name`
  bool optional = false;     ///< its absence after the build is not a failure
  std::string options;       ///< of an `options` line in modprobe.d
  std::vector<std::string> softdep_pre;
  std::vector<std::string> softdep_post;
  std::vector<std::string> blacklist;  ///< modules whose aliases are ignored once this one is installed

  /// The name under which it is installed.
  const std::string& installed_name() const { return install_name.empty() ? name : install_name; }

  bool operator==(const Module&) const = default;
};

/// Another recipe that is built first.
struct Dependency {
  std::string name;
  VersionRange versions;  ///< no bounds: every version

  bool operator==(const Dependency&) const = default;
};

/// What a kernel must be for the recipe to make sense on it.
struct KernelRequirements {
  std::optional<std::string> min;  ///< the oldest release, "3.10"
  std::vector<ConfigCondition> config;

  bool operator==(const KernelRequirements&) const = default;
};

/// A file for the firmware loader.
struct Firmware {
  std::string file;  ///< below the source tree
  std::string as;    ///< below /lib/firmware; empty: the last part of `file`

  bool operator==(const Firmware&) const = default;
};

/// What happens to the installed modules when the new one refuses to start.
enum class OnLoadFailure { undo, keep };

/// What is done with the modules besides putting them in place.
struct Install {
  bool load = false;  ///< at every boot
  std::vector<std::string> udev;
  bool initramfs = false;
  bool critical = false;  ///< a kernel that cannot have it is reported loudly
  OnLoadFailure on_load_failure = OnLoadFailure::undo;
  std::vector<std::string> replaces_intree;  ///< modules of the kernel that the new ones are meant to shadow
  std::vector<Firmware> firmware;

  bool operator==(const Install&) const = default;
};

/// Other sources, patches, build or modules for some kernels; what is written replaces the recipe's whole.
struct Variant {
  Condition when;
  std::optional<std::vector<Source>> sources;
  std::optional<std::vector<Patch>> patches;
  std::optional<Build> build;
  std::optional<std::vector<Module>> modules;

  bool operator==(const Variant&) const = default;
};

/// How to see that the loaded modules work.
struct Test {
  std::string device;  ///< a node below /dev that exists once the modules are loaded; empty: none is named

  bool operator==(const Test&) const = default;
};

/// What a recipe file says, once validated: names, paths and digests in it have their documented form.
struct Recipe {
  int format = 1;
  std::string name;
  std::optional<std::string> version;  ///< absent only with an apt source, whose package tells it
  std::string summary;
  std::string license;   ///< an SPDX expression, or empty
  std::string homepage;  ///< or empty
  std::vector<Dependency> depends;
  std::vector<Source> sources;
  std::optional<Build> build;  ///< absent: kbuild at the top, or the dkms.conf of an apt source
  std::vector<Module> modules;
  std::vector<Patch> patches;
  KernelRequirements kernel;
  Install install;
  std::vector<Variant> variants;
  Test test;

  bool operator==(const Recipe&) const = default;
};

/// The kernel's ARCH word for any usual name of an architecture: "arm64" for "aarch64", "x86_64" for "amd64".
///
/// Nothing for a word that kpkg does not know.
/// Source: linux Makefile, SUBARCH and ARCH; Debian's names from `dpkg-architecture -L`.
std::optional<std::string> kernel_arch(std::string_view word);

}  // namespace kpkg::recipe
