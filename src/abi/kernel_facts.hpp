// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/gates.hpp"
#include "abi/kernel_btf.hpp"
#include "abi/kernel_identity.hpp"
#include "abi/loader_features.hpp"
#include "abi/signature_policy.hpp"
#include "abi/symvers.hpp"
#include "elf/architecture.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// How the modules of a kernel are compressed on disk.
enum class Compression { none, gz, xz, zst };

/// How the origin begins of symbols that are known from a kernel's headers alone: they prove nothing of
/// these.
inline constexpr std::string_view origin_in_headers = "Module.symvers of ";

/// What a kernel exports, and how we know.
struct KernelSymbols {
  SymbolTable table = {};
  std::string origin = {};  ///< for people: "Module.symvers of /usr/src/linux-headers-6.1.0-56-amd64"
  bool is_complete = true;  ///< false: a symbol that is not in the table may exist all the same

  bool operator==(const KernelSymbols&) const = default;
};

/// What a kernel demands of modules and offers to them. Nothing in an optional means: not known, and is never
/// taken for yes or no.
struct KernelFacts {
  std::string release = {};  ///< uname -r
  KernelIdentity identity = {};
  std::optional<elf::Architecture> architecture = {};
  std::optional<std::string> vermagic = {};  ///< what the majority of its own modules say, to the last blank
  std::optional<Layout> layout = {};         ///< of struct module, the majority of its own modules
  std::optional<KernelSymbols> symbols = {};

  /// CONFIG_MODVERSIONS; if nothing, vermagic's word decides.
  std::optional<bool> modversions = {};
  KernelBtf btf = {};          ///< its types, and what it makes of modules with others
  LoaderFeatures loader = {};  ///< what its loader checks, knows and waives
  SignaturePolicy signature_policy = {};
  /// Names in /sys/module of drivers inside the image, there because of their parameters, sorted. Other
  /// drivers have one only if they tell a version.
  std::optional<std::vector<std::string>> owners_of_parameters = {};
  Gates gates = {};  ///< of the machine, not of the kernel
  /// Of the kernel's own modules on disk.
  Compression compression = Compression::none;

  bool operator==(const KernelFacts&) const = default;
};

/// "none", "gz", "xz" or "zst".
std::string_view name_of(Compression compression);

/// Whether the kernel compares CRCs: what `facts.modversions` says, else the word in vermagic, else nothing.
std::optional<bool> has_modversions(const KernelFacts& facts);

}  // namespace kpkg::abi
